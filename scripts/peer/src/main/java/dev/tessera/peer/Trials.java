package dev.tessera.peer;

import java.util.Arrays;

/** How fast a workload is in each of its settings on this machine. */
final class Trials {
  private static final int WARM_UP = 3;
  private static final int RUNS = 3;

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
    Workload workload = warm(choice, setting);
    try {
      double[] times = new double[RUNS];
      for (int i = 0; i < RUNS; i++) {
        times[i] = workload.run();
      }
      Arrays.sort(times);
      return times[RUNS / 2];
    } finally {
      workload.close();
    }
  }
}
