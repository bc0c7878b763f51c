package dev.tessera.transformer.pipeline;

import java.util.function.DoubleSupplier;

/**
 * In how many forms each picture is tokenised when time is short: making tokens may take a share of
 * what is left, and a large set with many forms would take all of it.
 */
final class AffordableForms {
  /** What making tokens may take of the time that is left, beyond one form of each picture. */
  private static final double SHARE = 0.15;

  private AffordableForms() {}

  /**
   * The number of forms.
   *
   * @param wanted forms of the configuration, ≥ 1
   * @param pictures that training sees
   * @param secondsLeft of the run; infinite where time does not end it
   * @param secondsPerForm measures what one form of a picture takes; asked only if it matters
   * @return 1 to {@code wanted}
   */
  static int of(int wanted, int pictures, double secondsLeft, DoubleSupplier secondsPerForm) {
    if (wanted == 1 || Double.isInfinite(secondsLeft)) {
      return wanted;
    }
    double affordable = secondsLeft * SHARE / (pictures * secondsPerForm.getAsDouble());
    return (int) Math.max(1, Math.min(wanted, affordable));
  }
}
