package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  private static final byte[] RUN = {1, 2, 3};

  @TempDir Path temporary;
  private Path folder = Path.of("");

  @BeforeEach
  void choose() {
    folder = temporary.resolve("run/checkpoints");
  }

  private static TrainingState state(long step) {
    return TrainingState.newBuilder()
        .setStage("toy")
        .setStep(step)
        .setSeconds(1.5)
        .setRunSha256(ByteString.copyFrom(RUN))
        .build();
  }

  private static TensorMap tensors(float value) {
    TensorMap tensors = new TensorMap();
    tensors.put("w", new Tensor(new long[] {2}, new float[] {value, -value}));
    return tensors;
  }

  private Checkpoints saved(int kept, long... steps) throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder, kept);
    for (long step : steps) {
      checkpoints.save(
          state(step), Map.of("weights", tensors((float) step), "average", tensors((float) -step)));
    }
    return checkpoints;
  }

  @Test
  void theNewestComesBack() throws IOException {
    Checkpoints checkpoints = saved(5, 1, 2, 10);
    Checkpoints.Checkpoint latest = checkpoints.latest(RUN).orElseThrow();
    assertThat(latest.state().getStep()).isEqualTo(10);
    assertThat(latest.state().getSeconds()).isEqualTo(1.5);
    assertThat(latest.state().getFormatVersion()).isEqualTo(Checkpoints.FORMAT_VERSION);
    assertThat(latest.tensors("weights").asMap()).isEqualTo(tensors(10).asMap());
    assertThat(latest.tensors("average").asMap()).isEqualTo(tensors(-10).asMap());
    assertThat(latest.contains("best")).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> latest.tensors("best"))
        .withMessageContaining("best");
  }

  @Test
  void withoutAnyThereIsNone() throws IOException {
    assertThat(new Checkpoints(folder, 1).latest(RUN)).isEmpty();
    assertThat(new Checkpoints(folder, 1).all()).isEmpty();
  }

  @Test
  void onlyTheNewestStay() throws IOException {
    Checkpoints checkpoints = saved(2, 5, 99_999_999, 100_000_000, 7);
    assertThat(checkpoints.all().stream().map(path -> path.getFileName().toString()))
        .containsExactly("99999999", "100000000");
  }

  @Test
  void otherFilesInTheFolderAreLeftAlone() throws IOException {
    Files.createDirectories(folder.resolve(".00000009.abc.tmp"));
    Files.writeString(folder.resolve("notes.txt"), "mine");
    Checkpoints checkpoints = saved(1, 1, 2);
    assertThat(checkpoints.latest(RUN).orElseThrow().state().getStep()).isEqualTo(2);
    assertThat(folder.resolve("notes.txt")).hasContent("mine");
  }

  @Test
  void aStepSavedAgainReplacesTheFormer() throws IOException {
    Checkpoints checkpoints = saved(2, 4);
    checkpoints.save(state(4), Map.of("weights", tensors(77)));
    Checkpoints.Checkpoint latest = checkpoints.latest(RUN).orElseThrow();
    assertThat(latest.tensors("weights").asMap()).isEqualTo(tensors(77).asMap());
    assertThat(latest.contains("average")).isFalse();
  }

  @Test
  void aFileThatWasChangedIsNamed() throws IOException {
    Checkpoints checkpoints = saved(1, 4);
    Path file = folder.resolve("00000004/weights.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatIOException()
        .isThrownBy(() -> checkpoints.latest(RUN))
        .withMessageContainingAll(file.toString(), "digest");
  }

  @Test
  void aTruncatedFileIsNamed() throws IOException {
    Checkpoints checkpoints = saved(1, 4);
    Path file = folder.resolve("00000004/average.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 7, bytes.length - 1}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatIOException()
          .isThrownBy(() -> checkpoints.latest(RUN))
          .withMessageContaining(file.toString());
    }
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Checkpoints checkpoints = saved(1, 4);
    Path file = folder.resolve("00000004/average.safetensors");
    Files.delete(file);
    assertThatIOException()
        .isThrownBy(() -> checkpoints.latest(RUN))
        .withMessage(file + " is missing, though training.pb lists it");
    Path state = folder.resolve("00000004/training.pb");
    Files.delete(state);
    assertThatIOException()
        .isThrownBy(() -> checkpoints.latest(RUN))
        .withMessage(state + " is missing: without it, this is no checkpoint");
  }

  @Test
  void howFarTheNewestIsNeedsNoneOfItsTensors() throws IOException {
    Checkpoints checkpoints = saved(2, 4, 6);
    Files.delete(folder.resolve("00000006/average.safetensors"));
    assertThat(checkpoints.latestState(RUN).orElseThrow().getStep()).isEqualTo(6);
    assertThatIOException()
        .isThrownBy(() -> checkpoints.latestState(new byte[] {1}))
        .withMessageContaining("another configuration");
    assertThat(new Checkpoints(folder.resolve("none"), 1).latestState(RUN)).isEmpty();
  }

  @Test
  void toKeepNoneIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Checkpoints(folder, 0))
        .withMessage("kept is 0, but must be 1 or more");
  }

  @Test
  void aDamagedStateIsNamed() throws IOException {
    Checkpoints checkpoints = saved(1, 4);
    Path file = folder.resolve("00000004/training.pb");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatIOException()
        .isThrownBy(() -> checkpoints.latest(RUN))
        .withMessageContaining(file.toString());
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThatIOException()
        .isThrownBy(() -> checkpoints.latest(RUN))
        .withMessageContaining(file.toString());
  }

  @Test
  void anotherRunsCheckpointIsRefused() throws IOException {
    Checkpoints checkpoints = saved(1, 4);
    assertThatIOException()
        .isThrownBy(() -> checkpoints.latest(new byte[] {1, 2, 4}))
        .withMessageContaining("another configuration");
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    Checkpoints checkpoints = saved(1, 4);
    Path file = folder.resolve("00000004/training.pb");
    TrainingState newer =
        Checkpoints.state(file).toBuilder()
            .setFormatVersion(Checkpoints.FORMAT_VERSION + 1)
            .build();
    Files.write(file, newer.toByteArray());
    assertThatIOException()
        .isThrownBy(() -> checkpoints.latest(RUN))
        .withMessageContainingAll(file.toString(), "version 2", "up to 1");
  }
}
