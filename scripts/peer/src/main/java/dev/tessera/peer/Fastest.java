package dev.tessera.peer;

import java.util.Arrays;
import java.util.function.Consumer;

/** Chooses the setting in which a workload is fastest on this machine. */
final class Fastest {
  private static final int WARM_UP = 3;
  private static final int TRIALS = 3;

  private Fastest() {}

  /**
   * A warm workload in its fastest setting.
   *
   * @param log is told how long each setting takes
   */
  static Workload of(Workloads.Choice choice, Consumer<String> log) {
    Setting fastest = choice.settings().get(0);
    if (choice.settings().size() > 1) {
      double least = Double.POSITIVE_INFINITY;
      for (Setting setting : choice.settings()) {
        double time = trial(choice, setting);
        log.accept(setting + ": " + time);
        if (time < least) {
          least = time;
          fastest = setting;
        }
      }
    }
    return warm(choice, fastest);
  }

  private static double trial(Workloads.Choice choice, Setting setting) {
    Workload workload = warm(choice, setting);
    try {
      double[] times = new double[TRIALS];
      for (int i = 0; i < TRIALS; i++) {
        times[i] = workload.run();
      }
      Arrays.sort(times);
      return times[TRIALS / 2];
    } finally {
      workload.close();
    }
  }

  private static Workload warm(Workloads.Choice choice, Setting setting) {
    Workload workload = choice.workload().apply(setting);
    for (int i = 0; i < WARM_UP; i++) {
      workload.run();
    }
    return workload;
  }
}
