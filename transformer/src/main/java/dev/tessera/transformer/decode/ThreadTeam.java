package dev.tessera.transformer.decode;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads that do a task together and meet at barriers, each some microseconds after the last:
 * whoever waits looks again for a moment before it sleeps. The calling thread is member 0.
 *
 * <p>The threads end by {@link #close}, or when nothing refers to this object any more. They are
 * daemons.
 */
final class ThreadTeam implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /** Looks before sleeping: some tens of microseconds, about what it takes to be woken. */
  private static final int LOOKS = 600;

  private final Team team;
  private final Cleaner.Cleanable end;

  /**
   * Starts the threads.
   *
   * @param members ≥ 1, the calling thread among them
   */
  ThreadTeam(int members) {
    if (members < 1) {
      throw new IllegalArgumentException("members is " + members + ", but must be 1 or more");
    }
    Team started = new Team(members);
    for (int member = 1; member < members; member++) {
      int number = member;
      Thread thread = new Thread(() -> started.serve(number), "tessera decoder " + member);
      thread.setDaemon(true);
      started.threads[member] = thread;
    }
    for (int member = 1; member < members; member++) {
      started.threads[member].start();
    }
    team = started;
    end = CLEANER.register(this, started::end);
  }

  int members() {
    return team.size;
  }

  /**
   * Runs a task once on each member and waits for all. One caller at a time.
   *
   * @param task gets the number of its member
   * @throws RuntimeException or Error: what the task threw first
   */
  void run(IntConsumer task) {
    if (team.ended) {
      throw new IllegalStateException("these threads have ended");
    }
    team.run(task);
  }

  /**
   * Waits until all members are here.
   *
   * @throws AbandonedException if another one failed
   */
  void meet(int member) {
    team.meet(member);
  }

  /** Ends the threads. */
  @Override
  public void close() {
    end.clean();
  }

  /** Another member of the team failed. */
  static final class AbandonedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private AbandonedException() {
      super("another thread of the decoder failed", null, false, false);
    }
  }

  /** What the threads know. It knows nothing of its owner, which could not be collected else. */
  private static final class Team {
    private final int size;
    private final Thread[] threads;
    private final AtomicIntegerArray asleep;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private volatile int meetings;
    private volatile int runs;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;
    // Handed over by runs.
    private @Nullable IntConsumer task;

    Team(int size) {
      this.size = size;
      threads = new Thread[size];
      asleep = new AtomicIntegerArray(size);
    }

    void run(IntConsumer next) {
      threads[0] = Thread.currentThread();
      task = next;
      failure = null;
      arrived.set(0);
      finished.set(0);
      int before = runs;
      runs = before + 1;
      wakeAll();
      perform(0, next);
      await(0, () -> finished.get() == size);
      task = null;
      threads[0] = null;
      Throwable thrown = failure;
      if (thrown != null) {
        throw Team.<RuntimeException>same(thrown);
      }
    }

    void serve(int member) {
      int done = 0;
      while (true) {
        int before = done;
        await(member, () -> runs != before || ended);
        if (ended) {
          return;
        }
        done = before + 1;
        IntConsumer current = task;
        if (current != null) {
          perform(member, current);
        }
      }
    }

    private void perform(int member, IntConsumer current) {
      try {
        current.accept(member);
      } catch (AbandonedException abandoned) {
        // What was thrown first is told.
        finished.incrementAndGet();
        wake(0);
        return;
      } catch (Throwable thrown) {
        synchronized (this) {
          if (failure == null) {
            failure = thrown;
          }
        }
        wakeAll();
      }
      finished.incrementAndGet();
      wake(0);
    }

    void meet(int member) {
      int before = meetings;
      if (arrived.incrementAndGet() == size) {
        arrived.set(0);
        meetings = before + 1;
        wakeAll();
      } else {
        await(member, () -> meetings != before || failure != null);
        if (meetings == before) {
          throw new AbandonedException();
        }
      }
    }

    void end() {
      ended = true;
      wakeAll();
    }

    private void await(int member, BooleanSupplier condition) {
      for (int look = 0; look < LOOKS; look++) {
        if (condition.getAsBoolean()) {
          return;
        }
        Thread.onSpinWait();
      }
      while (!condition.getAsBoolean()) {
        asleep.set(member, 1);
        if (!condition.getAsBoolean()) {
          LockSupport.park(this);
        }
        asleep.set(member, 0);
      }
    }

    private void wakeAll() {
      for (int member = 0; member < size; member++) {
        wake(member);
      }
    }

    private void wake(int member) {
      if (asleep.get(member) == 1) {
        LockSupport.unpark(threads[member]);
      }
    }

    /** Checked exceptions that native libraries throw undeclared arrive as they are. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E same(Throwable failure) throws E {
      throw (E) failure;
    }
  }
}
