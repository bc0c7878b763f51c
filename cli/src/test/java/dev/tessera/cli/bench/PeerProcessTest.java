package dev.tessera.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class PeerProcessTest {

  @TempDir private Path folder;

  private static void goOn() {}

  private FakePeer fake() {
    return new FakePeer(folder.resolve("log"));
  }

  @Test
  void aPeerPreparesRunsAndFreesBenchmarkAfterBenchmark() throws IOException {
    try (PeerProcess peer = new PeerProcess(fake().taking("0.25"), PeerProcessTest::goOn)) {
      peer.prepare("train/small/b8");
      assertThat(peer.run(0.5)).isEqualTo(0.25);
      assertThat(peer.run(0.5)).isEqualTo(0.25);
      peer.done();
      peer.prepare("vqvae/encode");
      assertThat(peer.run(0.5)).isEqualTo(0.25);
      peer.done();
    }
    assertThat(fake().requests())
        .containsExactly(
            "train/small/b8", "run 0.5", "run 0.5", "done", "vqvae/encode", "run 0.5", "done");
  }

  @Test
  void whatThePeerCannotDoIsItsOwnSentence() throws IOException {
    String command = fake().answering("failed there is no benchmark x", "1");
    try (PeerProcess peer = new PeerProcess(command, PeerProcessTest::goOn)) {
      assertThatIOException()
          .isThrownBy(() -> peer.prepare("x"))
          .withMessage("the peer failed there is no benchmark x");
    }
  }

  @ParameterizedTest
  @CsvSource({"soon, is no time", "NaN, took NaN", "-1, took -1", "0, took 0", "'', is no time"})
  void anAnswerThatIsNoTimeIsRefused(String answer, String part) throws IOException {
    try (PeerProcess peer = new PeerProcess(fake().taking(answer), PeerProcessTest::goOn)) {
      peer.prepare("x");
      assertThatIOException().isThrownBy(() -> peer.run(0)).withMessageContaining(part);
    }
  }

  @Test
  void aPeerThatIsNotReadyIsRefused() throws IOException {
    try (PeerProcess peer =
        new PeerProcess(fake().answering("hello", "1"), PeerProcessTest::goOn)) {
      assertThatIOException()
          .isThrownBy(() -> peer.prepare("x"))
          .withMessageContaining("\"hello\"");
    }
  }

  @Test
  void aPeerThatEndsWithoutAnAnswerIsMissedAtOnce() throws IOException {
    try (PeerProcess peer = new PeerProcess("read -r name; exit 3", PeerProcessTest::goOn)) {
      assertThatIOException()
          .isThrownBy(() -> peer.prepare("x"))
          .withMessageContaining("exit code 3");
    }
  }

  @Test
  void aPeerThatIsNotThereIsAFailureNotAWait() throws IOException {
    try (PeerProcess peer =
        new PeerProcess(folder.resolve("none") + " 2>/dev/null", PeerProcessTest::goOn)) {
      assertThatIOException().isThrownBy(() -> peer.prepare("x")).withMessageContaining("the peer");
    }
  }

  @Test
  void waitingForAPeerCanBeGivenUp() throws IOException {
    Runnable giveUp =
        () -> {
          throw new CancellationException("interrupted");
        };
    try (PeerProcess peer = new PeerProcess("read -r name; sleep 2", giveUp)) {
      assertThatThrownBy(() -> peer.prepare("x")).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void aPeerEndsWhenItIsAskedNothingMore() throws IOException {
    Path ended = folder.resolve("ended");
    String command = "while read -r line; do echo ready; done; touch '" + ended + "'";
    try (PeerProcess peer = new PeerProcess(command, PeerProcessTest::goOn)) {
      peer.prepare("x");
      assertThat(ended).doesNotExist();
    }
    assertThat(ended).exists();
  }
}
