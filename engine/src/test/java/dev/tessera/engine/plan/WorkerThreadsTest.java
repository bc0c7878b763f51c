package dev.tessera.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

class WorkerThreadsTest {
  private static final int COUNT = 3;

  private static int nativeThreads() {
    return NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
  }

  /** The threads that run a task, by number. */
  private static Thread[] threads(WorkerThreads workers) {
    Thread[] threads = new Thread[workers.count()];
    workers.run(index -> threads[index] = Thread.currentThread());
    return threads;
  }

  @Test
  void aTaskRunsOnceOnEachThreadAndAlwaysOnTheSame() {
    try (WorkerThreads workers = new WorkerThreads(COUNT, "test")) {
      Thread[] first = threads(workers);
      assertThat(new HashSet<>(List.of(first)))
          .hasSize(COUNT)
          .doesNotContain(Thread.currentThread());
      AtomicIntegerArray runs = new AtomicIntegerArray(COUNT);
      for (int i = 0; i < 100; i++) {
        workers.run(runs::incrementAndGet);
        assertThat(threads(workers)).containsExactly(first);
      }
      for (int i = 0; i < COUNT; i++) {
        assertThat(runs.get(i)).isEqualTo(100);
        Thread[] one = new Thread[1];
        workers.run(i, () -> one[0] = Thread.currentThread());
        assertThat(one[0]).isSameAs(first[i]);
      }
    }
  }

  @Test
  void theThreadsRunAtTheSameTime() {
    CyclicBarrier barrier = new CyclicBarrier(COUNT);
    try (WorkerThreads workers = new WorkerThreads(COUNT, "test")) {
      workers.run(
          index -> {
            try {
              barrier.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new IllegalStateException("the others did not come", e);
            }
          });
    }
    assertThat(barrier.isBroken()).isFalse();
  }

  @Test
  void nativeCodeIsLimitedToTheThreadItselfThereAndNowhereElse() {
    Nd4j.getExecutioner();
    int before = nativeThreads();
    int[] inside = new int[COUNT];
    try (WorkerThreads workers = new WorkerThreads(COUNT, "test")) {
      workers.run(index -> inside[index] = nativeThreads());
      assertThat(nativeThreads()).isEqualTo(before);
    }
    assertThat(inside).containsOnly(1);
    assertThat(nativeThreads()).isEqualTo(before);
  }

  @Test
  void whatATaskThrowsReachesTheCallerAsItIs() {
    AtomicReferenceArray<Throwable> thrown = new AtomicReferenceArray<>(COUNT);
    for (int i = 0; i < COUNT; i++) {
      thrown.set(i, new IllegalStateException("of thread " + i));
    }
    try (WorkerThreads workers = new WorkerThreads(COUNT, "test")) {
      assertThatThrownBy(
              () ->
                  workers.run(
                      index -> {
                        if (index > 0) {
                          throw (IllegalStateException) thrown.get(index);
                        }
                      }))
          .isSameAs(thrown.get(1));
      Error error = new AssertionError("expected");
      assertThatThrownBy(
              () ->
                  workers.run(
                      2,
                      () -> {
                        throw error;
                      }))
          .isSameAs(error);
      IOException undeclared = new IOException("undeclared");
      assertThatThrownBy(() -> workers.run(0, () -> sneak(undeclared))).isSameAs(undeclared);
      assertThat(threads(workers)).as("threads that go on after failures").hasSize(COUNT);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void sneak(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void closingEndsTheThreads() {
    WorkerThreads workers = new WorkerThreads(COUNT, "test");
    Thread[] threads = threads(workers);
    assertThat(threads).allMatch(thread -> thread.isAlive() && thread.isDaemon());
    workers.close();
    assertThat(threads).noneMatch(Thread::isAlive);
    workers.close();
    assertThatIllegalStateException().isThrownBy(() -> workers.run(index -> {}));
    assertThatIllegalStateException().isThrownBy(() -> workers.run(0, () -> {}));
  }

  @Test
  void forgottenThreadsEndToo() throws InterruptedException {
    Set<Thread> threads = Set.of(threads(new WorkerThreads(COUNT, "forgotten")));
    for (int i = 0; i < 200 && threads.stream().anyMatch(Thread::isAlive); i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(threads).noneMatch(Thread::isAlive);
  }

  @Test
  void noThreadsAtAllAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WorkerThreads(0, "test"))
        .withMessageContaining("0");
  }
}
