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
      // Math.max would wait each time for the maximum so far.
      if (!(logit <= maximum)) {
        maximum = logit;
        if (Float.isNaN(logit)) {
          break;
        }
      }
    }
    if (!Float.isFinite(maximum)) {
      throw new IllegalStateException(
          "the largest logit is " + maximum + ": the model's weights are damaged");
    }
    return maximum;
  }

  /** Natural logarithm of the sum of exp(logits): what turns logits into log-probabilities. */
  static double logSumExp(float[] logits) {
    float[] exponentials = logits.clone();
    float maximum = exponentials(exponentials);
    return maximum + StrictMath.log(sum(exponentials, 0, exponentials.length));
  }

  /** Replaces logits by exp(logit − maximum); returns the maximum. */
  static float exponentials(float[] logits) {
    float maximum = maximum(logits);
    float[] powers = new float[logits.length];
    float[] series = new float[logits.length];
    Exponential.replace(logits, 0, logits.length, maximum, powers, series);
    return maximum;
  }

  /**
   * Makes logits those of a mixture of two distributions.
   *
   * @param logits of one, changed
   * @param share of that one, 0 to 1
   * @param others of the other, changed
   */
  static void mix(float[] logits, double share, float[] others) {
    exponentials(logits);
    exponentials(others);
    double total = sum(logits, 0, logits.length);
    double othersTotal = sum(others, 0, others.length);
    for (int id = 0; id < logits.length; id++) {
      double mixed = share * logits[id] / total + (1 - share) * others[id] / othersTotal;
      logits[id] = (float) StrictMath.log(Math.max(mixed, Float.MIN_NORMAL));
    }
  }

  /** Four sums side by side, because the additions of one would wait for each other. */
  static double sum(float[] values, int from, int to) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      sum0 += values[i];
      sum1 += values[i + 1];
      sum2 += values[i + 2];
      sum3 += values[i + 3];
    }
    for (; i < to; i++) {
      sum0 += values[i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
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
