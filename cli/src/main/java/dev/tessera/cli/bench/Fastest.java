package dev.tessera.cli.bench;

/** Times work that can be repeated. */
final class Fastest {
  private Fastest() {}

  /**
   * The least seconds that work took.
   *
   * @param rounds how often to try, after one that does not count
   */
  static double of(int rounds, Runnable work) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = -1; i < rounds; i++) {
      long start = System.nanoTime();
      work.run();
      double seconds = (System.nanoTime() - start) * 1e-9;
      if (i >= 0) {
        least = Math.min(least, seconds);
      }
    }
    return least;
  }
}
