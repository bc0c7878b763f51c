package dev.tessera.engine.train;

/**
 * The learning rate over a run: a linear warm-up in steps, a plateau, then a decay that ends with
 * the budget.
 *
 * @param peak the rate after the warm-up, &gt; 0
 * @param warmUpSteps steps from 0 to the peak, ≥ 0
 * @param decayFrom progress at which the decay begins, 0 to 1
 * @param shape how it decays
 * @param floor the last rate as a share of the peak, 0 to 1
 */
public record LearningRate(
    double peak, int warmUpSteps, double decayFrom, Decay shape, double floor) {

  /** The curve from the peak to the floor. */
  public enum Decay {
    LINEAR,
    /** Half a cosine (Loshchilov, Hutter, ICLR 2017). */
    COSINE
  }

  public LearningRate {
    if (!(peak > 0 && peak < 1)) {
      throw new IllegalArgumentException("learning rate is " + peak + ", but must be above 0 to 1");
    }
    if (warmUpSteps < 0) {
      throw new IllegalArgumentException(
          "warm-up steps is " + warmUpSteps + ", but must be 0 or more");
    }
    requireShare("decay start", decayFrom);
    requireShare("learning rate floor", floor);
  }

  /**
   * The rate of one step.
   *
   * @param step steps done before
   * @param progress share of the budget that is spent, 0 to 1
   */
  public double at(long step, double progress) {
    double warm = Math.min(1, (step + 1.0) / (warmUpSteps + 1.0));
    double decayed = decayFrom >= 1 ? 0 : Math.max(0, (progress - decayFrom) / (1 - decayFrom));
    double remaining =
        switch (shape) {
          case LINEAR -> 1 - decayed;
          case COSINE -> (1 + Math.cos(Math.PI * Math.min(1, decayed))) / 2;
        };
    return peak * warm * (floor + (1 - floor) * Math.max(0, remaining));
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be 0 to 1");
    }
  }
}
