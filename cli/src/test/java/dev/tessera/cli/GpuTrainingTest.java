package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4jBackend;
import org.nd4j.linalg.factory.Nd4jBackend.NoAvailableBackendException;
import tools.jackson.databind.json.JsonMapper;

/** Both stages on the GPU of this machine: what {@code mvn -Pcuda} runs. */
@Tag("gpu")
class GpuTrainingTest {
  private static final int STEPS = 300;

  /** Lines of the log, which has one every ten steps. */
  private static final int AVERAGED = 5;

  @TempDir Path folder;

  @BeforeEach
  void requireGpu() {
    try {
      String backend = Nd4jBackend.load().getClass().getSimpleName();
      assumeFalse(backend.equals("CpuBackend"), "built for the CPU; build with -Pcuda");
    } catch (NoAvailableBackendException e) {
      abort("ND4J's backend for GPUs finds no GPU, or no driver, or no CUDA 11.6 here");
    }
  }

  @Test
  void bothStagesLearnAndThePictureCanBeSampled() throws IOException {
    Path pictures = Shapes.draw(folder.resolve("pictures"), true, 3);
    Path config = Shapes.tinyConfig(folder);
    Path run = folder.resolve("run");
    Call trained =
        Call.of(
            "train",
            pictures,
            "--out",
            run,
            "--cache",
            folder.resolve("cache"),
            "--config",
            config,
            "--steps",
            STEPS + "," + STEPS);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    assertThatLossFalls(run, "vqvae");
    assertThatLossFalls(run, "transformer");

    Path sampled = folder.resolve("sampled.png");
    Call call = Call.of("sample", "--model", run.resolve("best.tessera"), "--out", sampled);
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(ImageIO.read(sampled.toFile()).getWidth()).isEqualTo(16);
  }

  private static void assertThatLossFalls(Path run, String stage) throws IOException {
    JsonMapper json = new JsonMapper();
    List<Double> losses =
        Files.readAllLines(run.resolve("log.jsonl")).stream()
            .map(json::readTree)
            .filter(line -> line.get("event").asString().equals("step"))
            .filter(line -> line.get("stage").asString().equals(stage))
            .map(line -> line.get("loss").asDouble())
            .toList();
    assertThat(losses).as(stage).hasSizeGreaterThan(4 * AVERAGED);
    assertThat(mean(losses.subList(losses.size() - AVERAGED, losses.size())))
        .as(stage)
        .isLessThan(0.8 * mean(losses.subList(0, AVERAGED)));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
