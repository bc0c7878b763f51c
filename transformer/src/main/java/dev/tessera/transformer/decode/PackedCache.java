package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Tensor;
import dev.tessera.transformer.TransformerConfig;
import java.nio.ShortBuffer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * In bfloat16, for some of the heads, as products read it in place: keys [heads][T][D / heads],
 * values [heads][D / heads][T], T rounded up to whole blocks. Nothing is cleared beforehand: of a
 * block, keys after the last input may be anything, values are 0.
 */
final class PackedCache implements KeyValueCache {
  private static final short[] CLEAR = new short[Pass.BLOCK];

  private final int heads;
  private final int headWidth;
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
    length = roundUp(config.sequenceLength());
    int layers = config.layers();
    keys = new NativeMatrix[layers];
    values = new NativeMatrix[layers];
    keysOfSlots = new ShortBuffer[layers][slots];
    valuesOfSlots = new ShortBuffer[layers][slots];
    copied = new short[length * headWidth];
    for (int layer = 0; layer < layers; layer++) {
      int rows = slots * heads * length;
      keys[layer] = NativeMatrix.uninitialised(dnn, DataType.BFLOAT16, rows, headWidth);
      values[layer] = NativeMatrix.uninitialised(dnn, DataType.BFLOAT16, rows, headWidth);
    }
  }

  /** The length of the blocks that hold a number of inputs. */
  static int roundUp(int inputs) {
    return (inputs + Pass.BLOCK - 1) / Pass.BLOCK * Pass.BLOCK;
  }

  private long slotSize() {
    return (long) heads * length * headWidth;
  }

  /** Keys of the first inputs of some slots, [slots, heads, inputs, D / heads]. */
  Tensor keys(int layer, int slot, int slots, int inputs) {
    return keys[layer].at(
        slot * slotSize(),
        Layout.strided(
            DataType.BFLOAT16,
            new long[] {slots, heads, inputs, headWidth},
            slotSize(),
            (long) length * headWidth,
            headWidth,
            1));
  }

  /** Values of the first inputs of some slots, [slots, D, inputs], D that of the own heads. */
  Tensor values(int layer, int slot, int slots, int inputs) {
    return values[layer].at(
        slot * slotSize(),
        Layout.strided(
            DataType.BFLOAT16,
            new long[] {slots, (long) heads * headWidth, inputs},
            slotSize(),
            length,
            1));
  }

  /** The same as [heads, inputs, D / heads], of one slot. */
  Tensor valuesByInput(int layer, int slot, int inputs) {
    Tensor all = values(layer, slot, 1, inputs);
    return all.as(
        Layout.strided(
            DataType.BFLOAT16,
            new long[] {heads, inputs, headWidth},
            (long) length * headWidth,
            1,
            length));
  }

  /**
   * Adds the key and value of an input.
   *
   * @param key rounded, of the own heads, from {@code from} on
   * @param value the same
   */
  void put(int slot, int layer, int input, short[] key, int from, short[] value, int valueFrom) {
    ShortBuffer slotKeys = ofSlot(keysOfSlots[layer], keys[layer], slot);
    for (int head = 0; head < heads; head++) {
      slotKeys.put((head * length + input) * headWidth, key, from + head * headWidth, headWidth);
    }
    ShortBuffer slotValues = ofSlot(valuesOfSlots[layer], values[layer], slot);
    boolean isNewBlock = input % Pass.BLOCK == 0;
    for (int channel = 0; channel < heads * headWidth; channel++) {
      int at = channel * length + input;
      if (isNewBlock) {
        slotValues.put(at, CLEAR, 0, Pass.BLOCK);
      }
      slotValues.put(at, value[valueFrom + channel]);
    }
  }

  @Override
  public void copy(int from, int to, int inputs) {
    int blocks = roundUp(inputs);
    for (int layer = 0; layer < keys.length; layer++) {
      ShortBuffer fromKeys = ofSlot(keysOfSlots[layer], keys[layer], from);
      ShortBuffer toKeys = ofSlot(keysOfSlots[layer], keys[layer], to);
      for (int head = 0; head < heads; head++) {
        copy(fromKeys, toKeys, head * length * headWidth, inputs * headWidth);
      }
      ShortBuffer fromValues = ofSlot(valuesOfSlots[layer], values[layer], from);
      ShortBuffer toValues = ofSlot(valuesOfSlots[layer], values[layer], to);
      for (int channel = 0; channel < heads * headWidth; channel++) {
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
