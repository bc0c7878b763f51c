package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.transformer.TransformerConfig;
import java.nio.ShortBuffer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * In bfloat16, for some of the heads, as products read it in place: keys [T][D], values [D][T], D
 * that of the own heads, T rounded up to whole blocks. Nothing is cleared beforehand: of a block,
 * keys after the last input may be anything, values are 0.
 */
final class PackedCache implements KeyValueCache {
  private static final short[] CLEAR = new short[Pass.BLOCK];

  private final int heads;
  private final int headWidth;
  private final int channels;
  private final int length;
  private final NativeMatrix[] keys;
  private final NativeMatrix[] values;
  private final @Nullable ShortBuffer[][] keysOfSlots;
  private final @Nullable ShortBuffer[][] valuesOfSlots;
  private final short[] copied;

  /**
   * @param heads at least 1
   */
  PackedCache(OneDnn dnn, TransformerConfig config, int slots, int heads) {
    this.heads = heads;
    headWidth = config.headWidth();
    channels = heads * headWidth;
    length = roundUp(config.sequenceLength());
    int layers = config.layers();
    keys = new NativeMatrix[layers];
    values = new NativeMatrix[layers];
    keysOfSlots = new ShortBuffer[layers][slots];
    valuesOfSlots = new ShortBuffer[layers][slots];
    copied = new short[length * channels];
    for (int layer = 0; layer < layers; layer++) {
      int rows = slots * length;
      keys[layer] = NativeMatrix.uninitialised(dnn, DataType.BFLOAT16, rows, channels);
      values[layer] = NativeMatrix.uninitialised(dnn, DataType.BFLOAT16, rows, channels);
    }
  }

  /** The length of the blocks that hold a number of inputs. */
  static int roundUp(int inputs) {
    return (inputs + Pass.BLOCK - 1) / Pass.BLOCK * Pass.BLOCK;
  }

  /** Elements from the keys, or values, of a slot to those of the next. */
  long slotSize() {
    return (long) length * channels;
  }

  /** Elements from a channel's values to those of the next. */
  int length() {
    return length;
  }

  /** Of the keys of the first inputs of some slots, [slots, inputs, D]. */
  Layout keys(int slots, int inputs) {
    return Layout.strided(
        DataType.BFLOAT16, new long[] {slots, inputs, channels}, slotSize(), channels, 1);
  }

  /** The same as [heads, D / heads, inputs], of one slot. */
  Layout keysByHead(int inputs) {
    return Layout.strided(
        DataType.BFLOAT16, new long[] {heads, headWidth, inputs}, headWidth, 1, channels);
  }

  /** Of the values of the first inputs of some slots, [slots, D, inputs]. */
  Layout values(int slots, int inputs) {
    return Layout.strided(
        DataType.BFLOAT16, new long[] {slots, channels, inputs}, slotSize(), length, 1);
  }

  /** The same as [heads, inputs, D / heads], of one slot. */
  Layout valuesByHead(int inputs) {
    return Layout.strided(
        DataType.BFLOAT16,
        new long[] {heads, inputs, headWidth},
        (long) headWidth * length,
        1,
        length);
  }

  /** Where the key of an input begins. */
  long keyAddress(int layer, int slot, int input) {
    return keys[layer].address(slot * slotSize() + (long) input * channels);
  }

  /** Where the value of an input has its first channel. */
  long valueAddress(int layer, int slot, int input) {
    return values[layer].address(slot * slotSize() + input);
  }

  /** Makes room for an input: if it is the first of a block, the values of that are 0. */
  void open(int layer, int slot, int input) {
    if (input % Pass.BLOCK == 0) {
      ShortBuffer slotValues = ofSlot(valuesOfSlots[layer], values[layer], slot);
      for (int channel = 0; channel < channels; channel++) {
        slotValues.put(channel * length + input, CLEAR, 0, Pass.BLOCK);
      }
    }
  }

  /**
   * Adds the key and value of an input, one of those that there is room for.
   *
   * @param parts rounded, of the own heads: the key from {@code keyAt} on, the value from {@code
   *     valueAt} on
   */
  void put(int layer, int slot, int input, short[] parts, int keyAt, int valueAt) {
    ofSlot(keysOfSlots[layer], keys[layer], slot).put(input * channels, parts, keyAt, channels);
    ShortBuffer slotValues = ofSlot(valuesOfSlots[layer], values[layer], slot);
    for (int channel = 0; channel < channels; channel++) {
      slotValues.put(channel * length + input, parts[valueAt + channel]);
    }
  }

  @Override
  public void copy(int from, int to, int inputs) {
    int blocks = roundUp(inputs);
    for (int layer = 0; layer < keys.length; layer++) {
      ShortBuffer fromKeys = ofSlot(keysOfSlots[layer], keys[layer], from);
      ShortBuffer toKeys = ofSlot(keysOfSlots[layer], keys[layer], to);
      copy(fromKeys, toKeys, 0, inputs * channels);
      ShortBuffer fromValues = ofSlot(valuesOfSlots[layer], values[layer], from);
      ShortBuffer toValues = ofSlot(valuesOfSlots[layer], values[layer], to);
      for (int channel = 0; channel < channels; channel++) {
        copy(fromValues, toValues, channel * length, blocks);
      }
    }
  }

  private void copy(ShortBuffer from, ShortBuffer to, int at, int count) {
    from.get(at, copied, 0, count);
    to.put(at, copied, 0, count);
  }

  private ShortBuffer ofSlot(@Nullable ShortBuffer[] made, NativeMatrix all, int slot) {
    ShortBuffer buffer = made[slot];
    if (buffer == null) {
      Layout layout = Layout.dense(DataType.BFLOAT16, slotSize());
      buffer = all.at(slot * slotSize(), layout).halves();
      made[slot] = buffer;
    }
    return buffer;
  }
}
