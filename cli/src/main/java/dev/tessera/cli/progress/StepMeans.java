package dev.tessera.cli.progress;

import dev.tessera.engine.train.StepReport;

/** Means over the steps since they were last asked for: a single step's figures jump about. */
public final class StepMeans {
  /** Steps from one figure to the next. */
  private static final int EVERY = 10;

  private double losses;
  private int steps;
  private double secondsSum;
  private int timed;
  private double before = Double.NaN;

  /**
   * What a few steps came to.
   *
   * @param loss mean over them
   * @param secondsPerStep mean over them without what lay between steps, such as measuring and
   *     saving; not a number if no step could be timed
   */
  public record Means(double loss, double secondsPerStep) {}

  /** Takes a step in. */
  public void add(StepReport report) {
    losses += report.loss();
    steps++;
    if (!Double.isNaN(before)) {
      secondsSum += report.seconds() - before;
      timed++;
    }
    before = report.seconds();
  }

  /** Something else is done between the last step and the next. */
  public void pause() {
    before = Double.NaN;
  }

  /** Whether a figure is due after this step: the first, and every tenth. */
  public static boolean due(StepReport report) {
    return report.step() == 1 || report.step() % EVERY == 0;
  }

  /** The means; the next ones begin after them. At least one step was taken in. */
  public Means take() {
    if (steps == 0) {
      throw new IllegalStateException("there is no step to take a mean of");
    }
    Means means = new Means(losses / steps, timed == 0 ? Double.NaN : secondsSum / timed);
    losses = 0;
    steps = 0;
    secondsSum = 0;
    timed = 0;
    return means;
  }
}
