package dev.tessera.engine.train;

/** How long to train. */
public sealed interface Budget {

  /** The share that is spent, 0 to 1; the run ends at 1. */
  double progress(long step, double seconds);

  /** Steps that will have been done at the end, as far as can be told. */
  long plannedSteps(long step, double seconds);

  /**
   * A number of steps: the run repeats bit for bit.
   *
   * @param count ≥ 1
   */
  record Steps(long count) implements Budget {
    public Steps {
      if (count < 1) {
        throw new IllegalArgumentException("steps is " + count + ", but must be 1 or more");
      }
    }

    @Override
    public double progress(long step, double seconds) {
      return Math.min(1, (double) step / count);
    }

    @Override
    public long plannedSteps(long step, double seconds) {
      return count;
    }
  }

  /**
   * A time on the clock, evaluation and checkpoints included.
   *
   * @param seconds &gt; 0
   */
  record Time(double seconds) implements Budget {
    public Time {
      if (!(seconds > 0)) {
        throw new IllegalArgumentException("seconds is " + seconds + ", but must be above 0");
      }
    }

    @Override
    public double progress(long step, double spent) {
      return Math.min(1, spent / seconds);
    }

    @Override
    public long plannedSteps(long step, double spent) {
      return spent <= 0 ? Math.max(1, step) : Math.max(step, Math.round(step * seconds / spent));
    }
  }
}
