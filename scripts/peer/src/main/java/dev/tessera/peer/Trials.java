package dev.tessera.peer;

import java.util.Arrays;

/** How fast a workload is in each of its settings on this machine. */
final class Trials {
  private static final int WARM_UP = 3;
  private static final int RUNS = 3;

  /** After so many seconds a trial of something slow has seen enough. */
  private static final double ENOUGH = 3;

  private Trials() {}

  /** A workload that has run a few times. */
  static Workload warm(Workloads.Choice choice, Setting setting) {
    Workload workload = choice.workload().apply(setting);
    for (int i = 0; i < WARM_UP; i++) {
      workload.run();
    }
    return workload;
  }

  /** The median time of a few runs, in the unit of the workload. */
  static double time(Workloads.Choice choice, Setting setting) {
    Workload workload = choice.workload().apply(setting);
    try {
      times(workload, WARM_UP);
      double[] times = times(workload, RUNS);
      return times[times.length / 2];
    } finally {
      workload.close();
    }
  }

  /** Times of a few runs, but at least one, in ascending order. */
  private static double[] times(Workload workload, int runs) {
    long start = System.nanoTime();
    double[] times = new double[runs];
    int done = 0;
    do {
      times[done++] = workload.run();
    } while (done < runs && System.nanoTime() - start < ENOUGH * 1e9);
    Arrays.sort(times, 0, done);
    return Arrays.copyOf(times, done);
  }
}
