package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What was measured of one benchmark.
 *
 * @param benchmark which
 * @param execution how
 * @param ours what each step took, in the benchmark's unit
 * @param peer the same of the peer's steps; empty if there was none
 * @param memory that this process had at most
 * @param profile milliseconds per step by kind of operation; empty if not asked for or not known
 */
public record Measurement(
    Benchmark benchmark,
    Execution execution,
    List<Double> ours,
    List<Double> peer,
    PeakMemory memory,
    Map<String, Double> profile) {
  public Measurement {
    ours = List.copyOf(ours);
    peer = List.copyOf(peer);
  }

  /** The median of our steps. */
  public double median() {
    return median(ours);
  }

  /** The median of the peer's steps. */
  public OptionalDouble peerMedian() {
    return peer.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(peer));
  }

  /** Floating-point operations per second; 0 where they are not counted. */
  public double flops() {
    return benchmark.operations() * benchmark.unit().perSecond() / median();
  }

  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
