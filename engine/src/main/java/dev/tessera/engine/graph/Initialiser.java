package dev.tessera.engine.graph;

import dev.tessera.engine.random.CounterRandom;

/** The first value of a parameter. */
@FunctionalInterface
public interface Initialiser {
  /**
   * Fills a parameter, row-major.
   *
   * @param values the parameter's elements, zero on entry
   * @param random numbers that belong to this parameter alone
   */
  void fill(float[] values, CounterRandom random);

  /** All zero. */
  static Initialiser zeros() {
    return (values, random) -> {};
  }

  /** All one. */
  static Initialiser ones() {
    return (values, random) -> java.util.Arrays.fill(values, 1);
  }

  /** Normal with mean 0. */
  static Initialiser normal(double standardDeviation) {
    return (values, random) -> {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * standardDeviation);
      }
    };
  }

  /**
   * Normal with variance 2 / fan-in, which keeps the scale of activations through ReLU layers (He
   * et al., ICCV 2015, section 2.2).
   *
   * @param fanIn inputs that each output sums over
   */
  static Initialiser he(long fanIn) {
    return normal(Math.sqrt(2.0 / fanIn));
  }
}
