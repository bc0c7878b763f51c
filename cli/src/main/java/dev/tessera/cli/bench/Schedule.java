package dev.tessera.cli.bench;

/**
 * How often and for how long a workload is measured.
 *
 * @param warmUpSteps steps at least before the first that counts, 1 or more
 * @param warmUpSeconds seconds at least before the first step that counts
 * @param steps that count, at least
 * @param seconds that counting steps take at least, but no more than {@value #MOST} times as many
 *     steps for it
 * @param pauseSeconds between a turn of ours and one of the peer's, so that threads which still
 *     wait for more work have gone to sleep
 * @param turnSeconds how long a turn works before the step that counts. After the other side's turn
 *     the caches hold its data and cores have slept: without that, a short step measures waking up
 */
public record Schedule(
    int warmUpSteps,
    double warmUpSeconds,
    int steps,
    double seconds,
    double pauseSeconds,
    double turnSeconds) {
  /** Figures of fewer steps are not worth comparing. */
  public static final int MINIMUM_STEPS = 7;

  private static final int MOST = 3;

  /** What figures that are published are measured with. */
  public static final Schedule DEFAULT = new Schedule(3, 4, MINIMUM_STEPS, 2, 0.25, 0.5);

  public Schedule {
    if (warmUpSteps < 1) {
      throw new IllegalArgumentException(
          "warm-up steps is " + warmUpSteps + ", but must be 1 or more");
    }
    if (steps < MINIMUM_STEPS) {
      throw new IllegalArgumentException(
          "steps is " + steps + ", but must be " + MINIMUM_STEPS + " or more");
    }
  }

  /** With another number of steps. */
  public Schedule withSteps(int value) {
    return new Schedule(warmUpSteps, warmUpSeconds, value, seconds, pauseSeconds, turnSeconds);
  }

  /** Whether the warm-up goes on after so many steps and seconds. */
  boolean warmsUp(int done, double spent) {
    return done < warmUpSteps || spent < warmUpSeconds;
  }

  /** Whether measuring goes on after so many steps that took so many seconds. */
  boolean measures(int done, double spent) {
    return done < steps || (spent < seconds && done < MOST * steps);
  }

  /** Whether a turn goes on with steps that do not count, after such steps for so many seconds. */
  boolean getsReady(double spent) {
    return spent < turnSeconds;
  }

  void pause() {
    try {
      Thread.sleep(Math.round(pauseSeconds * 1e3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }
}
