package dev.tessera.peer;

import org.bytedeco.javacpp.PointerScope;

/**
 * Work that can be measured. All that a subclass makes while it is constructed lives until {@link
 * #close}; what a run makes is freed at the end of the run.
 */
abstract class Workload implements AutoCloseable {
  private final PointerScope memory = new PointerScope();

  /** Does the work once; returns seconds, or milliseconds per token where tokens are decoded. */
  final double run() {
    long start = System.nanoTime();
    PointerScope temporary = new PointerScope();
    try {
      work();
    } finally {
      temporary.close();
    }
    return (System.nanoTime() - start) * 1e-9 * unitsPerSecond();
  }

  /** Does the work for so many seconds; returns what {@link #run} says after that. */
  final double turn(double seconds) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < seconds * 1e9) {
      run();
    }
    return run();
  }

  abstract void work();

  /** What a second is, in the unit of this workload. */
  double unitsPerSecond() {
    return 1;
  }

  @Override
  public void close() {
    memory.close();
  }
}
