package dev.tessera.transformer.decode;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
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

  /** Looks before sleeping: about as long as it takes to fall asleep and to be woken. */
  private static final int LOOKS = 2000;

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

  /** Ends the threads and waits until they have. */
  @Override
  public void close() {
    end.clean();
    boolean interrupted = false;
    for (int member = 1; member < team.size; member++) {
      Thread thread = team.threads[member];
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

  /** Another member of the team failed. */
  static final class AbandonedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private AbandonedException() {
      super("another thread of the decoder failed", null, false, false);
    }
  }

  /** What the threads know. It knows nothing of its owner, which could not be collected else. */
  private static final class Team {
    /** Longs from one counter to the next: each has its own lines of the cache, and a neighbour. */
    private static final int APART = 16;

    private final int size;
    private final Thread[] threads;
    private final AtomicIntegerArray asleep;

    /** Runs begun; then, of each member, runs finished; then, of each, meetings in this run. */
    private final AtomicLongArray counters;

    private volatile boolean ended;
    private volatile @Nullable Throwable failure;
    // Handed over by the runs begun.
    private @Nullable IntConsumer task;

    Team(int size) {
      this.size = size;
      threads = new Thread[size];
      asleep = new AtomicIntegerArray(size * APART);
      counters = new AtomicLongArray((2 * size + 2) * APART);
    }

    private int finished(int member) {
      return (1 + member) * APART;
    }

    private int met(int member) {
      return (1 + size + member) * APART;
    }

    void run(IntConsumer next) {
      threads[0] = Thread.currentThread();
      task = next;
      for (int member = 0; member < size; member++) {
        counters.setPlain(met(member), 0);
      }
      long run = counters.get(0) + 1;
      counters.set(0, run);
      wakeOthers(0);
      perform(0, next, run);
      for (int member = 1; member < size; member++) {
        await(0, finished(member), run, false);
      }
      task = null;
      threads[0] = null;
      Throwable thrown = failure;
      failure = null;
      if (thrown != null) {
        throw Team.<RuntimeException>same(thrown);
      }
    }

    void serve(int member) {
      for (long run = 1; ; run++) {
        while (!await(member, 0, run, true)) {
          if (ended) {
            return;
          }
          // Another member failed in the run that this one has finished: over in a moment.
          Thread.onSpinWait();
        }
        IntConsumer current = task;
        if (current != null) {
          perform(member, current, run);
        }
      }
    }

    private void perform(int member, IntConsumer current, long run) {
      try {
        current.accept(member);
      } catch (AbandonedException abandoned) {
        // What was thrown first is told.
      } catch (Throwable thrown) {
        synchronized (this) {
          if (failure == null) {
            failure = thrown;
          }
        }
        wakeOthers(member);
      }
      counters.set(finished(member), run);
      wake(0);
    }

    void meet(int member) {
      long meeting = counters.getPlain(met(member)) + 1;
      counters.set(met(member), meeting);
      wakeOthers(member);
      for (int other = 0; other < size; other++) {
        if (other != member && !await(member, met(other), meeting, true)) {
          throw new AbandonedException();
        }
      }
    }

    void end() {
      ended = true;
      wakeOthers(-1);
    }

    /**
     * Waits until a counter has reached a value.
     *
     * @param stops whether an end or a failure ends the waiting
     * @return whether the counter has
     */
    private boolean await(int member, int counter, long value, boolean stops) {
      for (int look = 0; look < LOOKS; look++) {
        if (counters.get(counter) >= value) {
          return true;
        }
        Thread.onSpinWait();
      }
      while (counters.get(counter) < value) {
        if (stops && (ended || failure != null)) {
          return false;
        }
        asleep.set(member * APART, 1);
        if (counters.get(counter) < value && !(stops && (ended || failure != null))) {
          LockSupport.park(this);
        }
        asleep.set(member * APART, 0);
      }
      return true;
    }

    private void wakeOthers(int member) {
      for (int other = 0; other < size; other++) {
        if (other != member) {
          wake(other);
        }
      }
    }

    private void wake(int member) {
      if (asleep.get(member * APART) == 1) {
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
