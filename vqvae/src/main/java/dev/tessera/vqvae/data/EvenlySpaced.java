package dev.tessera.vqvae.data;

import java.util.stream.IntStream;

/** Some of many, evenly spaced from the first on. */
public final class EvenlySpaced {
  private EvenlySpaced() {}

  /**
   * Indices of some.
   *
   * @param count of all
   * @param most how many at most
   */
  public static int[] indices(int count, int most) {
    int taken = Math.min(most, count);
    return IntStream.range(0, taken).map(i -> (int) ((long) i * count / taken)).toArray();
  }

  /** Some of the elements, in their order. */
  public static int[] of(int[] all, int most) {
    return IntStream.of(indices(all.length, most)).map(i -> all[i]).toArray();
  }
}
