package dev.tessera.transformer.pipeline;

import dev.tessera.engine.train.Budget;

/** How long a run of both stages may take. */
public sealed interface RunBudget {

  /**
   * Passes over the training pictures in each stage.
   *
   * @param epochs ≥ 1
   */
  record Epochs(int epochs) implements RunBudget {
    public Epochs {
      if (epochs < 1) {
        throw new IllegalArgumentException("epochs is " + epochs + ", but must be 1 or more");
      }
    }

    @Override
    public Budget vqvae(Clock clock, double share, int pictures, int batch) {
      return steps(pictures, batch);
    }

    @Override
    public Budget transformer(Clock clock, double vqvaeSeconds, int pictures, int batch) {
      return steps(pictures, batch);
    }

    @Override
    public String spec() {
      return epochs + " epochs";
    }

    private Budget steps(int pictures, int batch) {
      return new Budget.Steps(Math.max(1, ((long) epochs * pictures + batch - 1) / batch));
    }
  }

  /**
   * Optimiser steps of each stage.
   *
   * @param vqvaeSteps ≥ 1
   * @param transformerSteps ≥ 1
   */
  record Steps(long vqvaeSteps, long transformerSteps) implements RunBudget {
    @Override
    public Budget vqvae(Clock clock, double share, int pictures, int batch) {
      return new Budget.Steps(vqvaeSteps);
    }

    @Override
    public Budget transformer(Clock clock, double vqvaeSeconds, int pictures, int batch) {
      return new Budget.Steps(transformerSteps);
    }

    @Override
    public String spec() {
      return vqvaeSteps + "," + transformerSteps + " steps";
    }
  }

  /**
   * Time on the clock for everything from the start of the program to the bundle.
   *
   * @param seconds &gt; 0
   */
  record Time(double seconds) implements RunBudget {
    /** What the last evaluation and the writing of the bundle take at most, as a share. */
    private static final double RESERVE = 0.03;

    private static final double MINIMUM = 1;

    public Time {
      if (!(seconds > 0)) {
        throw new IllegalArgumentException("time is " + seconds + " s, but must be above 0");
      }
    }

    @Override
    public Budget vqvae(Clock clock, double share, int pictures, int batch) {
      double left = seconds * (1 - RESERVE) - clock.secondsSinceStart();
      return new Budget.Time(Math.max(MINIMUM, left * share));
    }

    @Override
    public Budget transformer(Clock clock, double vqvaeSeconds, int pictures, int batch) {
      double spent = Math.max(clock.secondsSinceStart(), vqvaeSeconds);
      return new Budget.Time(Math.max(MINIMUM, seconds * (1 - RESERVE) - spent));
    }

    @Override
    public double secondsLeft(Clock clock) {
      return Math.max(0, seconds * (1 - RESERVE) - clock.secondsSinceStart());
    }

    @Override
    public String spec() {
      return seconds + " seconds";
    }
  }

  /** Tells how long the program has been running. */
  interface Clock {
    /** Seconds since the start of the program. */
    double secondsSinceStart();
  }

  /**
   * The budget of stage 1.
   *
   * @param share of what time is left
   * @param pictures that training sees
   * @param batch pictures per step
   */
  Budget vqvae(Clock clock, double share, int pictures, int batch);

  /**
   * The budget of stage 2.
   *
   * @param vqvaeSeconds that stage 1 took, in this session or an earlier one
   * @param pictures that training sees
   * @param batch sequences per step
   */
  Budget transformer(Clock clock, double vqvaeSeconds, int pictures, int batch);

  /** Time for whatever is still to be done; infinite where time does not end a run. */
  default double secondsLeft(Clock clock) {
    return Double.POSITIVE_INFINITY;
  }

  /** The budget in words; equal budgets have equal ones. */
  String spec();
}
