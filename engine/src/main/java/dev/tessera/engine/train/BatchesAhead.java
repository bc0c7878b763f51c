package dev.tessera.engine.train;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Prepares the batch of the next step on a thread of its own while a step runs. Batches are
 * prepared one at a time and in the order of the steps.
 */
final class BatchesAhead implements AutoCloseable {
  private final LongFunction<TrainingLoop.Prepared> prepare;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread made = new Thread(work, "tessera batches");
            made.setDaemon(true);
            return made;
          });
  private long step;
  private Future<TrainingLoop.Prepared> next;

  /**
   * Begins with the first batch.
   *
   * @param prepare makes the batch of a step
   */
  BatchesAhead(LongFunction<TrainingLoop.Prepared> prepare, long firstStep) {
    this.prepare = prepare;
    this.step = firstStep;
    this.next = begin();
  }

  private Future<TrainingLoop.Prepared> begin() {
    long wanted = step++;
    return thread.submit(() -> prepare.apply(wanted));
  }

  /**
   * The batch of the next step; the one after it is begun.
   *
   * @throws RuntimeException or Error: what preparing the batch threw
   */
  TrainingLoop.Prepared take() {
    TrainingLoop.Prepared batch = prepared();
    next = begin();
    return batch;
  }

  private TrainingLoop.Prepared prepared() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return next.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      // Preparing declares no other exceptions.
      throw (RuntimeException) e.getCause();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits until nothing is being prepared any more; what was prepared last is dropped. */
  @Override
  public void close() {
    next.cancel(false);
    thread.shutdown();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        thread.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
