package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;

/**
 * In f32, for some of the heads. Keys are stored channel by channel, [channels][T], because scores
 * are then a sum of rows; values input by input, [T][channels], for the same reason.
 */
final class PlainCache implements KeyValueCache {
  private final float[][][][] keys;
  private final float[][][][] values;

  PlainCache(TransformerConfig config, int slots, int channels) {
    int length = config.sequenceLength();
    keys = new float[slots][config.layers()][channels][length];
    values = new float[slots][config.layers()][length][channels];
  }

  /** Keys of a slot, [channels][T]. */
  float[][] keys(int slot, int layer) {
    return keys[slot][layer];
  }

  /** Values of a slot, [T][channels]. */
  float[][] values(int slot, int layer) {
    return values[slot][layer];
  }

  @Override
  public void copy(int from, int to, int length) {
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
