package dev.tessera.transformer.evaluation;

import dev.tessera.engine.random.CounterRandom;

/**
 * Whether one of two paired measurements is smaller, by random flips of the signs of their
 * differences: if the pairing meant nothing, every flip would be as likely as what was observed.
 */
final class PairedTest {
  private static final int FLIPS = 10_000;

  private PairedTest() {}

  /**
   * The share of flips whose sum is at least as large as the observed one; at least 1 / 10,001.
   *
   * @param differences second minus first of each pair: large where the first is smaller
   */
  static double p(double[] differences, long seed) {
    double observed = 0;
    for (double difference : differences) {
      observed += difference;
    }
    int asLarge = 1;
    for (int flip = 0; flip < FLIPS; flip++) {
      CounterRandom random = new CounterRandom(seed, "sign flips", flip);
      double sum = 0;
      for (double difference : differences) {
        sum += random.nextBoolean() ? difference : -difference;
      }
      if (sum >= observed) {
        asLarge++;
      }
    }
    return asLarge / (FLIPS + 1.0);
  }
}
