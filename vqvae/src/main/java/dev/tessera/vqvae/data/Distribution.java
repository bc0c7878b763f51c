package dev.tessera.vqvae.data;

import java.util.Arrays;

/**
 * How numbers are spread; all 0 if there are none.
 *
 * @param count how many numbers
 * @param minimum the smallest
 * @param median the middle one, the lower of two
 * @param maximum the largest
 */
public record Distribution(int count, double minimum, double median, double maximum) {
  /** The distribution of {@code values}. */
  public static Distribution of(double[] values) {
    if (values.length == 0) {
      return new Distribution(0, 0, 0, 0);
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Distribution(
        sorted.length, sorted[0], sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
  }
}
