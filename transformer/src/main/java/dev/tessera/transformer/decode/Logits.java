package dev.tessera.transformer.decode;

import java.util.Arrays;

/** What samplers and scorers ask of a row of logits. Everything is summed in a fixed order. */
final class Logits {
  private Logits() {}

  /**
   * The largest value.
   *
   * @throws IllegalStateException if there is none that is a finite number
   */
  static float maximum(float[] logits) {
    float maximum = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      maximum = Math.max(maximum, logit);
    }
    if (!Float.isFinite(maximum)) {
      throw new IllegalStateException(
          "the largest logit is " + maximum + ": the model's weights are damaged");
    }
    return maximum;
  }

  /** Natural logarithm of the sum of exp(logits): what turns logits into log-probabilities. */
  static double logSumExp(float[] logits) {
    float maximum = maximum(logits);
    double sum = 0;
    for (float logit : logits) {
      sum += Exponential.exp(logit - maximum);
    }
    return maximum + StrictMath.log(sum);
  }

  /** Ids by falling logit, equal ones by rising id. */
  static int[] ranking(float[] logits) {
    long[] keys = new long[logits.length];
    for (int id = 0; id < keys.length; id++) {
      // Adding 0 makes −0 and 0 the same bits; flipping makes the order of bits that of numbers.
      int bits = Float.floatToIntBits(logits[id] + 0f);
      int ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF);
      keys[id] = ((long) ~ordered << 32) | id;
    }
    Arrays.sort(keys);
    int[] ids = new int[keys.length];
    for (int rank = 0; rank < ids.length; rank++) {
      ids[rank] = (int) keys[rank];
    }
    return ids;
  }
}
