package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchesAheadTest {
  private final List<Long> prepared = Collections.synchronizedList(new ArrayList<>());
  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

  private TrainingLoop.Prepared prepare(long step) {
    prepared.add(step);
    threads.add(Thread.currentThread());
    return (plan, part, progress) -> {};
  }

  @Test
  void batchesArePreparedOneAfterAnotherOnAThreadOfTheirOwn() {
    try (BatchesAhead batches = new BatchesAhead(this::prepare, 7)) {
      for (int i = 0; i < 20; i++) {
        assertThat(prepared).hasSizeLessThanOrEqualTo(i + 1);
        batches.take();
        assertThat(prepared).hasSizeGreaterThanOrEqualTo(i + 1);
      }
    }
    for (int i = 0; i < prepared.size(); i++) {
      assertThat(prepared.get(i)).isEqualTo(7 + i);
      assertThat(threads.get(i)).isSameAs(threads.get(0)).isNotSameAs(Thread.currentThread());
    }
    assertThat(threads.get(0).isDaemon()).isTrue();
  }

  @Test
  void theNextBatchIsPreparedWhileTheStepRuns() throws InterruptedException {
    CountDownLatch second = new CountDownLatch(1);
    try (BatchesAhead batches =
        new BatchesAhead(
            step -> {
              if (step == 1) {
                second.countDown();
              }
              return prepare(step);
            },
            0)) {
      batches.take();
      assertThat(second.await(20, TimeUnit.SECONDS)).as("the second batch is begun").isTrue();
    }
  }

  @Test
  void whatPreparingThrowsIsThrownWhenTheBatchIsTaken() {
    for (Throwable thrown : List.of(new IllegalStateException("expected"), new AssertionError())) {
      try (BatchesAhead batches =
          new BatchesAhead(
              step -> {
                if (step < 2) {
                  return prepare(step);
                }
                if (thrown instanceof Error error) {
                  throw error;
                }
                throw (IllegalStateException) thrown;
              },
              0)) {
        batches.take();
        batches.take();
        assertThatThrownBy(batches::take).isSameAs(thrown);
      }
    }
  }

  @Test
  void closingWaitsUntilNothingIsPreparedAnyMore() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    BatchesAhead batches =
        new BatchesAhead(
            step -> {
              begun.countDown();
              try {
                Thread.sleep(200);
              } catch (InterruptedException e) {
                throw new IllegalStateException("was not let finish", e);
              }
              done.set(true);
              return prepare(step);
            },
            0);
    begun.await();
    batches.close();
    assertThat(done).isTrue();
    threads.get(0).join(10_000);
    assertThat(threads.get(0).isAlive()).isFalse();
  }

  @Test
  void anInterruptionIsKeptForWhoeverAsks() {
    try (BatchesAhead batches = new BatchesAhead(this::prepare, 0)) {
      Thread.currentThread().interrupt();
      assertThat(batches.take()).isNotNull();
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
