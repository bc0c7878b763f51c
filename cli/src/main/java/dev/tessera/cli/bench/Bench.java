package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures benchmarks, alone or in turn with a peer. */
public final class Bench {
  private static final int PROFILED_STEPS = 5;

  private final Schedule schedule;
  private final @Nullable PeerProcess peer;
  private final boolean profiles;
  private final Runnable checkpoint;

  /**
   * @param peer what to measure in turn with; null for nothing
   * @param profiles whether to find out what steps are spent on
   * @param checkpoint runs between steps; may throw to give up
   */
  public Bench(
      Schedule schedule, @Nullable PeerProcess peer, boolean profiles, Runnable checkpoint) {
    this.schedule = schedule;
    this.peer = peer;
    this.profiles = profiles;
    this.checkpoint = checkpoint;
  }

  /**
   * Measures one benchmark.
   *
   * @throws IOException if the peer cannot do it
   */
  public Measurement measure(Benchmark benchmark, Execution execution) throws IOException {
    PeakMemory.reset();
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    try (Workload workload = benchmark.workload().apply(execution)) {
      warmUp(workload);
      if (peer != null) {
        peer.prepare(benchmark.name());
      }
      double spent = 0;
      while (schedule.measures(ours.size(), spent)) {
        if (peer != null) {
          getReady(workload);
        }
        double seconds = seconds(workload);
        spent += seconds;
        ours.add(seconds * benchmark.unit().perSecond());
        if (peer != null) {
          schedule.pause();
          theirs.add(peer.run(schedule.turnSeconds()));
          schedule.pause();
        }
      }
      if (peer != null) {
        peer.done();
      }
      PeakMemory memory = PeakMemory.read();
      Map<String, Double> profile = profiles ? workload.profile(PROFILED_STEPS) : Map.of();
      return new Measurement(benchmark, execution, ours, theirs, memory, profile);
    }
  }

  private void warmUp(Workload workload) {
    double spent = 0;
    for (int done = 0; schedule.warmsUp(done, spent); done++) {
      spent += seconds(workload);
    }
  }

  /** As the peer does it too: see {@link PeerProcess}. */
  private void getReady(Workload workload) {
    double spent = 0;
    while (schedule.getsReady(spent)) {
      spent += seconds(workload);
    }
  }

  private double seconds(Workload workload) {
    checkpoint.run();
    long start = System.nanoTime();
    workload.step();
    return (System.nanoTime() - start) * 1e-9;
  }
}
