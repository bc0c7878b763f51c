package dev.tessera.engine.plan;

import dev.tessera.engine.onednn.NativeThreads;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that live on from task to task. Native libraries use no further threads
 * for what such a thread asks of them: libgomp keeps that limit for each calling thread, so others
 * are not limited.
 *
 * <p>The threads end by {@link #close}, or when nothing refers to this object any more. They are
 * daemons. Handing over a task allocates nothing.
 */
public final class WorkerThreads implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final List<Worker> workers;
  private final List<Thread> threads = new ArrayList<>();
  private final Cleaner.Cleanable end;
  private boolean closed;

  /**
   * Starts the threads.
   *
   * @param count ≥ 1
   * @param name for people who look at the threads of the process
   */
  public WorkerThreads(int count, String name) {
    if (count < 1) {
      throw new IllegalArgumentException("threads is " + count + ", but must be 1 or more");
    }
    List<Worker> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Worker worker = new Worker(i);
      Thread thread = new Thread(worker, "tessera " + name + " " + i);
      thread.setDaemon(true);
      thread.start();
      started.add(worker);
      threads.add(thread);
    }
    workers = List.copyOf(started);
    end = CLEANER.register(this, () -> started.forEach(Worker::end));
  }

  /** How many there are. */
  public int count() {
    return workers.size();
  }

  /**
   * Runs a task once on each thread and waits for all.
   *
   * @param task gets the number of its thread, 0 to count − 1
   * @throws RuntimeException or Error: what the task threw, the one of the first thread if several
   *     failed
   */
  public synchronized void run(IntConsumer task) {
    requireOpen();
    for (Worker worker : workers) {
      worker.begin(task);
    }
    Throwable first = null;
    for (Worker worker : workers) {
      Throwable failure = worker.await();
      first = first == null ? failure : first;
    }
    if (first != null) {
      throw WorkerThreads.<RuntimeException>same(first);
    }
  }

  /** Runs a task on one thread and waits for it; what it throws is thrown. */
  public synchronized void run(int thread, Runnable task) {
    requireOpen();
    Worker worker = workers.get(thread);
    worker.begin(index -> task.run());
    Throwable failure = worker.await();
    if (failure != null) {
      throw WorkerThreads.<RuntimeException>same(failure);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("these threads have ended");
    }
  }

  /** ND4J throws checked exceptions that it does not declare; they too arrive as they are. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E same(Throwable failure) throws E {
    throw (E) failure;
  }

  /** Ends the threads and waits until they are gone. */
  @Override
  public synchronized void close() {
    closed = true;
    end.clean();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What one thread does. It knows nothing of its owner, which could not be collected else. */
  private static final class Worker implements Runnable {
    private final int index;
    private final Semaphore begin = new Semaphore(0);
    private final Semaphore done = new Semaphore(0);
    // Handed over by the semaphores.
    private @Nullable IntConsumer task;
    private @Nullable Throwable failure;

    Worker(int index) {
      this.index = index;
    }

    void begin(IntConsumer next) {
      task = next;
      begin.release();
    }

    @Nullable Throwable await() {
      done.acquireUninterruptibly();
      Throwable thrown = failure;
      failure = null;
      return thrown;
    }

    void end() {
      begin.release();
    }

    @Override
    public void run() {
      boolean limited = false;
      while (true) {
        begin.acquireUninterruptibly();
        IntConsumer current = task;
        if (current == null) {
          return;
        }
        try {
          if (!limited) {
            NativeThreads.limitToOne();
            limited = true;
          }
          current.accept(index);
        } catch (Throwable thrown) {
          failure = thrown;
        }
        task = null;
        done.release();
      }
    }
  }
}
