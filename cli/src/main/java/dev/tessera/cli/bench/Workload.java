package dev.tessera.cli.bench;

import java.util.Map;

/** Work that is measured, made ready to be repeated. For one thread. */
public interface Workload extends AutoCloseable {
  /** Does the work once. */
  void step();

  /**
   * Does the work some more times and tells what it was spent on.
   *
   * @param steps 1 or more
   * @return milliseconds per step by kind of operation; empty where nothing can be told
   */
  default Map<String, Double> profile(int steps) {
    return Map.of();
  }

  /** Lets go of what the workload holds. */
  @Override
  default void close() {}
}
