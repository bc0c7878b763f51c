package dev.tessera.vqvae.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How many there are of something, and the first of them: enough to know what it is, however many
 * there are.
 *
 * @param count all of them
 * @param first {@value #LISTED} of them at most, in the order of the source
 */
public record Counted<T>(int count, List<T> first) {
  /** How many are listed at most. */
  public static final int LISTED = 1000;

  public Counted {
    first = List.copyOf(first);
    if (count < first.size()) {
      throw new IllegalArgumentException(
          "count is " + count + ", but must be at least the " + first.size() + " that are listed");
    }
  }

  /** Takes them one by one. */
  static final class Tally<T> {
    private final List<T> first = new ArrayList<>();
    private int count;

    void add(T one) {
      if (count < LISTED) {
        first.add(one);
      }
      count++;
    }

    Counted<T> finish() {
      return new Counted<>(count, first);
    }
  }
}
