package dev.tessera.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A few threads that work at the same time. */
final class Cores implements AutoCloseable {
  private final ExecutorService threads;

  /**
   * @param count threads, 1 or more
   */
  Cores(int count) {
    threads = Executors.newFixedThreadPool(count);
  }

  /** How many processors this virtual machine may use. */
  static int available() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Runs all work, each on a thread of its own, and returns the seconds until the last is done. */
  double seconds(List<Runnable> work) {
    List<Callable<Object>> calls = new ArrayList<>();
    work.forEach(each -> calls.add(Executors.callable(each)));
    long start = System.nanoTime();
    try {
      for (Future<Object> done : threads.invokeAll(calls)) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a measurement failed: " + e.getCause(), e);
    }
    return (System.nanoTime() - start) * 1e-9;
  }

  /**
   * The least seconds that work takes.
   *
   * @param rounds how often to try, after one that does not count
   */
  double fastest(int rounds, List<Runnable> work) {
    double least = Double.POSITIVE_INFINITY;
    seconds(work);
    for (int i = 0; i < rounds; i++) {
      least = Math.min(least, seconds(work));
    }
    return least;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
