package dev.tessera.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.Execution.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BenchTest {
  private static final Schedule QUICK = new Schedule(2, 0, 7, 0, 0, 0);

  @TempDir private Path folder;
  private int closed;

  private static void goOn() {}

  /** A workload that writes a line wherever the peer does. */
  private Benchmark logged(Path log) {
    return new Benchmark(
        "logged",
        new Unit("ms/token", 500),
        0,
        Precision.F32,
        execution ->
            new Workload() {
              @Override
              public void step() {
                try {
                  Files.writeString(
                      log, "ours\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }

              @Override
              public Map<String, Double> profile(int steps) {
                return Map.of("waiting", 1.0 * steps);
              }

              @Override
              public void close() {
                closed++;
              }
            });
  }

  private Measurement measure(PeerProcess peer) throws IOException {
    Bench bench = new Bench(QUICK, peer, false, BenchTest::goOn);
    return bench.measure(logged(folder.resolve("log")), Execution.plain());
  }

  @Test
  void oursAndThePeersStepsAlternateAfterBothAreWarm() throws IOException {
    FakePeer fake = new FakePeer(folder.resolve("log"));
    Measurement measured;
    try (PeerProcess peer = new PeerProcess(fake.taking("0.5"), BenchTest::goOn)) {
      measured = measure(peer);
    }
    List<String> expected = new ArrayList<>(List.of("ours", "ours", "logged"));
    Collections.nCopies(7, List.of("ours", "run 0.0")).forEach(expected::addAll);
    expected.add("done");
    assertThat(fake.requests()).isEqualTo(expected);
    assertThat(measured.ours()).hasSize(7).allMatch(time -> time > 0);
    assertThat(measured.peer()).hasSize(7).containsOnly(0.5);
    assertThat(measured.profile()).isEmpty();
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void beforeTheStepThatCountsATurnWorksAsLongOnBothSides() throws IOException {
    FakePeer fake = new FakePeer(folder.resolve("log"));
    Schedule schedule = new Schedule(2, 0, 7, 0, 0, 0.02);
    Measurement measured;
    try (PeerProcess peer = new PeerProcess(fake.taking("0.5"), BenchTest::goOn)) {
      measured =
          new Bench(schedule, peer, false, BenchTest::goOn)
              .measure(logged(folder.resolve("log")), Execution.plain());
    }
    List<String> requests = fake.requests();
    assertThat(requests).filteredOn("run 0.02"::equals).hasSize(7);
    assertThat(requests).filteredOn("ours"::equals).hasSizeGreaterThan(2 + 7 + 7);
    assertThat(measured.ours()).hasSize(7);
  }

  @Test
  void aWorkloadThatThePeerCannotDoIsClosed() throws IOException {
    FakePeer fake = new FakePeer(folder.resolve("log"));
    try (PeerProcess peer = new PeerProcess(fake.answering("failed no", "1"), BenchTest::goOn)) {
      assertThatIOException().isThrownBy(() -> measure(peer));
    }
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void theProfileIsTakenOnlyIfItIsWanted() throws IOException {
    Measurement measured =
        new Bench(QUICK, null, true, BenchTest::goOn)
            .measure(logged(folder.resolve("log")), Execution.plain());
    assertThat(measured.profile()).containsOnlyKeys("waiting");
    assertThat(measured.peerMedian()).isEmpty();
  }

  @Test
  void measuringCanBeGivenUpBetweenSteps() {
    Runnable giveUp =
        () -> {
          throw new CancellationException("interrupted");
        };
    Bench bench = new Bench(QUICK, null, false, giveUp);
    Benchmark benchmark = logged(folder.resolve("log"));
    assertThatThrownBy(() -> bench.measure(benchmark, Execution.plain()))
        .isInstanceOf(CancellationException.class);
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void shortStepsAreMeasuredMoreOftenUpToALimit() {
    Schedule schedule = new Schedule(3, 4, 7, 2, 0, 0.5);
    assertThat(schedule.warmsUp(2, 100)).isTrue();
    assertThat(schedule.warmsUp(3, 3.9)).isTrue();
    assertThat(schedule.warmsUp(3, 4.1)).isFalse();
    assertThat(schedule.measures(6, 100)).isTrue();
    assertThat(schedule.measures(7, 1.9)).isTrue();
    assertThat(schedule.measures(7, 2.1)).isFalse();
    assertThat(schedule.measures(21, 0.1)).isFalse();
    assertThat(schedule.getsReady(0.4)).isTrue();
    assertThat(schedule.getsReady(0.6)).isFalse();
  }

  @Test
  void fewerThanSevenStepsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.DEFAULT.withSteps(6))
        .withMessage("steps is 6, but must be 7 or more");
  }

  @Test
  void peakMemoryForgetsWhatWasBefore() {
    PeakMemory.reset();
    int bytes = touched(96 << 20);
    PeakMemory with = PeakMemory.read();
    assertThat(with.heap()).isGreaterThan(bytes);
    PeakMemory.reset();
    assertThat(PeakMemory.read().heap()).isLessThan(with.heap() - bytes / 2);
  }

  /** Makes garbage of so many bytes. */
  private static int touched(int bytes) {
    byte[] large = new byte[bytes];
    Arrays.fill(large, (byte) 1);
    return large.length;
  }

  @Test
  void theFastestRoundCountsButNotTheFirst() {
    int[] milliseconds = {0, 500, 10, 500};
    int[] calls = {0};
    double seconds = Fastest.of(3, () -> sleep(milliseconds[calls[0]++]));
    assertThat(calls[0]).isEqualTo(4);
    assertThat(seconds).isBetween(0.01, 0.49);
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
