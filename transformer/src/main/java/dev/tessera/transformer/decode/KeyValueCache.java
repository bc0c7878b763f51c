package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;

/**
 * Keys and values of all inputs so far, for each row of a batch and each layer.
 *
 * <p>Rows own slots. When rows are copied or dropped, the first child of a row inherits its slot
 * and only further children are copied, into slots that nobody needs: a beam that survives costs
 * nothing. Keys are stored channel by channel, [D][T], because scores are then a sum of rows;
 * values input by input, [T][D], for the same reason.
 */
final class KeyValueCache {
  private final float[][][][] keys;
  private final float[][][][] values;
  private int[] slots;
  private int[] nextSlots;
  private final boolean[] taken;

  KeyValueCache(TransformerConfig config, int maximumBatch) {
    int length = config.sequenceLength();
    keys = new float[maximumBatch][config.layers()][config.width()][length];
    values = new float[maximumBatch][config.layers()][length][config.width()];
    slots = new int[maximumBatch];
    nextSlots = new int[maximumBatch];
    taken = new boolean[maximumBatch];
    reset();
  }

  /** Gives row r slot r. */
  void reset() {
    for (int row = 0; row < slots.length; row++) {
      slots[row] = row;
    }
  }

  /** Keys of a row, [D][T]. */
  float[][] keys(int row, int layer) {
    return keys[slots[row]][layer];
  }

  /** Values of a row, [T][D]. */
  float[][] values(int row, int layer) {
    return values[slots[row]][layer];
  }

  /** Makes row r the continuation of what was row parents[r], of {@code length} inputs. */
  void reorder(int[] parents, int length) {
    Arrays.fill(taken, false);
    for (int row = 0; row < parents.length; row++) {
      int slot = slots[parents[row]];
      nextSlots[row] = taken[slot] ? -1 : slot;
      taken[slot] = true;
    }
    int free = 0;
    for (int row = 0; row < parents.length; row++) {
      if (nextSlots[row] < 0) {
        while (taken[free]) {
          free++;
        }
        taken[free] = true;
        nextSlots[row] = free;
        copy(slots[parents[row]], free, length);
      }
    }
    int[] swap = slots;
    slots = nextSlots;
    nextSlots = swap;
  }

  private void copy(int from, int to, int length) {
    for (int layer = 0; layer < keys[from].length; layer++) {
      float[][] source = keys[from][layer];
      float[][] target = keys[to][layer];
      for (int channel = 0; channel < source.length; channel++) {
        System.arraycopy(source[channel], 0, target[channel], 0, length);
      }
      for (int i = 0; i < length; i++) {
        float[] value = values[from][layer][i];
        System.arraycopy(value, 0, values[to][layer][i], 0, value.length);
      }
    }
  }
}
