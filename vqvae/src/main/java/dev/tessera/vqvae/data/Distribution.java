package dev.tessera.vqvae.data;

import java.util.Map;
import java.util.TreeMap;

/**
 * How numbers are spread; all 0 if there are none.
 *
 * @param count how many numbers
 * @param minimum the smallest
 * @param median the middle one, the lower of two
 * @param maximum the largest
 */
public record Distribution(int count, double minimum, double median, double maximum) {
  /** Takes numbers one by one; its size grows with how many different ones there are. */
  static final class Tally {
    private final TreeMap<Double, Integer> counts = new TreeMap<>();
    private int count;

    void add(double value) {
      counts.merge(value, 1, Integer::sum);
      count++;
    }

    /** How many numbers are in [from, to]. */
    int within(double from, double to) {
      return counts.subMap(from, true, to, true).values().stream().mapToInt(n -> n).sum();
    }

    Distribution finish() {
      if (count == 0) {
        return new Distribution(0, 0, 0, 0);
      }
      int before = 0;
      double median = counts.firstKey();
      for (Map.Entry<Double, Integer> entry : counts.entrySet()) {
        median = entry.getKey();
        before += entry.getValue();
        if (before > (count - 1) / 2) {
          break;
        }
      }
      return new Distribution(count, counts.firstKey(), median, counts.lastKey());
    }
  }

  /** The distribution of {@code values}. */
  public static Distribution of(double[] values) {
    Tally tally = new Tally();
    for (double value : values) {
      tally.add(value);
    }
    return tally.finish();
  }
}
