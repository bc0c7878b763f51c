package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Arena;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.PairedMatrices;
import dev.tessera.engine.onednn.PairedMatrices.Blocks;
import dev.tessera.transformer.TransformerConfig;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * In bfloat16, for some of the heads, as products read it in place: of each slot the keys as a
 * {@link PairedMatrices matrix} [D, T], the values as one [T, D], D that of the own heads, T the
 * inputs so far rounded up to whole blocks. Of inputs that are still to come there are zeros.
 *
 * <p>Slots lie side by side without gaps, so that products read those of many slots in one go: when
 * T grows, which it does with the first input of a block, all of them move apart.
 */
final class PackedCache implements KeyValueCache {
  private static final Blocks OF_INPUTS = Blocks.OF_16;
  private static final Blocks OF_CHANNELS = Blocks.OF_32;

  private final int channels;

  /** Elements of an input's keys, or values. */
  private final int size;

  /** Elements of a layer's keys, or values, at most. */
  private final long layerSize;

  /** Of each layer the keys, then the values. */
  private final NativeMatrix all;

  /** T, of each layer. */
  private final int[] lengths;

  /** The end of the slots that hold something, of each layer. */
  private final int[] ends;

  /**
   * @param channels of the own heads, at least 1
   */
  PackedCache(Arena arena, TransformerConfig config, int slots, int channels) {
    this.channels = channels;
    size = PairedMatrices.filledUp(channels);
    int layers = config.layers();
    int rows = slots * roundUp(config.sequenceLength());
    layerSize = (long) rows * size;
    all = NativeMatrix.uninitialised(arena, DataType.BFLOAT16, 2 * layers * rows, size);
    lengths = new int[layers];
    ends = new int[layers];
  }

  /** The length of the blocks that hold a number of inputs. */
  static int roundUp(int inputs) {
    return (inputs + Pass.BLOCK - 1) / Pass.BLOCK * Pass.BLOCK;
  }

  /** Of the keys of some slots, [slots, D, T]. */
  PairedMatrices keys(int slots, int length) {
    return new PairedMatrices(slots, channels, length, OF_INPUTS);
  }

  /** Of the values of some slots, [slots, T, D]. */
  PairedMatrices values(int slots, int length) {
    return new PairedMatrices(slots, length, channels, OF_CHANNELS);
  }

  /** Where the keys of a slot begin. */
  long keyAddress(int layer, int slot) {
    return all.address(keyOffset(layer, slot));
  }

  /** Where the values of a slot begin. */
  long valueAddress(int layer, int slot) {
    return all.address(valueOffset(layer, slot));
  }

  private long keyOffset(int layer, int slot) {
    return 2L * layer * layerSize + (long) slot * lengths[layer] * size;
  }

  private long valueOffset(int layer, int slot) {
    return layerSize + keyOffset(layer, slot);
  }

  /** Makes room for an input, which is the next one of all slots. */
  void open(int layer, int slot, int input) {
    int length = roundUp(input + 1);
    if (length < lengths[layer]) {
      ends[layer] = 0;
      lengths[layer] = length;
    } else if (length > lengths[layer]) {
      grow(layer, length);
    }
    if (input % Pass.BLOCK == 0) {
      clearBlock(layer, slot, input);
    }
    ends[layer] = Math.max(ends[layer], slot + 1);
  }

  /** Moves what slots hold to where it is when they are longer, the last first. */
  private void grow(int layer, int length) {
    int before = lengths[layer];
    int blockBefore = OF_CHANNELS.size(before);
    int block = OF_CHANNELS.size(length);
    long firstKey = keyOffset(layer, 0);
    long firstValue = valueOffset(layer, 0);
    for (int slot = ends[layer] - 1; slot >= 0; slot--) {
      long from = (long) slot * before * size;
      long to = (long) slot * length * size;
      all.move(firstKey + from, firstKey + to, (long) before * size);
      for (int i = size / OF_CHANNELS.width() - 1; i >= 0; i--) {
        all.move(
            firstValue + from + (long) i * blockBefore,
            firstValue + to + (long) i * block,
            blockBefore);
      }
    }
    lengths[layer] = length;
  }

  /** Makes keys and values of an input and of the others in its block 0. */
  private void clearBlock(int layer, int slot, int input) {
    all.clear(keyOffset(layer, slot) + (long) input * size, (long) Pass.BLOCK * size);
    int block = OF_CHANNELS.size(lengths[layer]);
    for (int i = 0; i < size / OF_CHANNELS.width(); i++) {
      long first = valueOffset(layer, slot) + (long) i * block + OF_CHANNELS.row(input);
      all.clear(first, OF_CHANNELS.size(Pass.BLOCK));
    }
  }

  /**
   * Adds the key and value of an input, one of those that there is room for.
   *
   * @param parts rounded, of the own heads: the key from {@code keyAt} on, the value from {@code
   *     valueAt} on
   */
  void put(int layer, int slot, int input, short[] parts, int keyAt, int valueAt) {
    int inputs = OF_INPUTS.width();
    long key =
        keyOffset(layer, slot) + (long) input / inputs * inputs * size + OF_INPUTS.column(input);
    for (int channel = 0; channel < channels; channel++) {
      all.put(key + OF_INPUTS.row(channel), parts[keyAt + channel]);
    }
    int block = OF_CHANNELS.size(lengths[layer]);
    long value = valueOffset(layer, slot) + OF_CHANNELS.row(input);
    for (int first = 0; first < channels; first += OF_CHANNELS.width()) {
      int end = Math.min(channels, first + OF_CHANNELS.width());
      for (int channel = first; channel < end; channel++) {
        all.put(value + OF_CHANNELS.column(channel), parts[valueAt + channel]);
      }
      value += block;
    }
  }

  @Override
  public void copy(int from, int to, int inputs) {
    for (int layer = 0; layer < lengths.length; layer++) {
      long count = (long) lengths[layer] * size;
      all.move(keyOffset(layer, from), keyOffset(layer, to), count);
      all.move(valueOffset(layer, from), valueOffset(layer, to), count);
      ends[layer] = Math.max(ends[layer], to + 1);
    }
  }
}
