package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;

/**
 * Attention of one query to the keys and values of earlier inputs, for some of the heads. Nothing
 * else touches the channels of these heads in the cache.
 */
final class CachedAttention {
  private final PlainCache cache;
  private final int width;
  private final int headWidth;
  private final int from;
  private final int to;
  private final float[] query;
  private final float[] scores;
  private final float[] sums;
  private final float[] powers;
  private final float[] series;

  /**
   * @param from first channel of the first head
   * @param to end of the channels of the last head
   */
  CachedAttention(TransformerConfig config, PlainCache cache, int from, int to) {
    this.cache = cache;
    this.from = from;
    this.to = to;
    width = config.width();
    headWidth = config.headWidth();
    query = new float[width];
    scores = new float[config.sequenceLength()];
    sums = new float[to - from];
    powers = new float[config.sequenceLength()];
    series = new float[config.sequenceLength()];
  }

  /**
   * Adds the key and value of an input to the cache and attends to what the spans name.
   *
   * @param input index of the input
   * @param in queries, keys and values, [3D]
   * @param out the own channels are overwritten, [D]
   */
  void attend(int slot, int layer, int input, AttentionSpans spans, float[] in, float[] out) {
    float[][] keys = cache.keys(slot, layer);
    float[][] values = cache.values(slot, layer);
    float scale = (float) (1 / Math.sqrt(headWidth));
    for (int c = from; c < to; c++) {
      query[c] = in[c] * scale;
      keys[c - from][input] = in[width + c];
    }
    System.arraycopy(in, 2 * width + from, values[input], 0, to - from);
    Arrays.fill(sums, 0);
    for (int channel = from; channel < to; channel += headWidth) {
      float maximum = Float.NEGATIVE_INFINITY;
      for (int run = 0; run < spans.runs(); run++) {
        int start = spans.start(run);
        int end = spans.end(run);
        Arrays.fill(scores, start, end, 0);
        MatrixProduct.accumulate(
            query, channel, keys, channel - from, headWidth, scores, start, end);
        for (int t = start; t < end; t++) {
          if (scores[t] > maximum) {
            maximum = scores[t];
          }
        }
      }
      int own = channel - from;
      double sum = 0;
      for (int run = 0; run < spans.runs(); run++) {
        int start = spans.start(run);
        int end = spans.end(run);
        Exponential.replace(scores, start, end, maximum, powers, series);
        sum += Logits.sum(scores, start, end);
        MatrixProduct.accumulate(
            scores, start, values, start, end - start, sums, own, own + headWidth);
      }
      float factor = (float) (1 / sum);
      for (int c = own; c < own + headWidth; c++) {
        out[from + c] = sums[c] * factor;
      }
    }
  }
}
