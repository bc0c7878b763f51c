package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a fresh process loads: nothing of ND4J, which takes a second, unless there is need. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StartUpTest {
  private static final String[] NUMERICS = {"org.nd4j.", "org.bytedeco."};

  private Path folder;
  private Path model;

  /** What a process printed, the names of the classes that it loaded among it. */
  private record Printed(int exitCode, String text) {}

  @BeforeAll
  void train(@TempDir Path shared) throws IOException {
    folder = shared;
    Shapes.draw(folder.resolve("pictures"), true, 1);
    Shapes.tinyConfig(folder);
    Call trained = Call.of(training("run", "1,1"));
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    model = folder.resolve("run/best.tessera");
  }

  private Object[] training(String run, String steps, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("train", folder.resolve("pictures"), "--steps", steps));
    arguments.addAll(List.of("--config", folder.resolve("tiny.yaml")));
    arguments.addAll(List.of("--cache", folder.resolve("cache"), "--out", folder.resolve(run)));
    arguments.addAll(List.of(more));
    return arguments.toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "train --help", "sample --help", "bench --help"})
  void helpDoesNotLoadTheNativeLibraries(String line) throws Exception {
    Printed printed = run((Object[]) line.split(" "));
    assertThat(printed.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(printed.text())
        .contains(line.endsWith("--version") ? "tessera 0" : "Usage: tessera")
        .contains("dev.tessera.cli.Main ")
        .doesNotContain(NUMERICS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sample --modle x", "samlpe", "sample --model x --out y --top-p 2"})
  void neitherDoesWrongUsage(String line) throws Exception {
    Printed printed = run((Object[]) line.split(" "));
    assertThat(printed.exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(printed.text()).contains("\ntessera: ").doesNotContain(NUMERICS);
  }

  @Test
  void neitherDoesAModelThatIsMissingOrDamaged() throws Exception {
    Path damaged = folder.resolve("damaged.tessera");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    for (Path bad : List.of(folder.resolve("none.tessera"), damaged)) {
      Printed printed = run("sample", "--model", bad, "--out", folder.resolve("no.png"));
      assertThat(printed.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(printed.text()).contains("\ntessera: " + bad).doesNotContain(NUMERICS);
    }
  }

  @Test
  void neitherDoesInspection() throws Exception {
    Printed printed = run("inspect", model);
    assertThat(printed.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(printed.text()).contains("kind: bundle").doesNotContain(NUMERICS);
  }

  @Test
  void neitherDoesTheResumptionOfAFinishedRun() throws Exception {
    Printed printed = run(training("run", "1,1", "--resume"));
    assertThat(printed.exitCode()).as(printed.text()).isEqualTo(ExitCode.DONE);
    assertThat(printed.text()).contains("the run is finished").doesNotContain(NUMERICS);
  }

  @Test
  void aStageTwoThatGoesOnDoesNotBuildStageOnesTraining() throws Exception {
    assertThat(Call.of(training("longer", "1,1")).exitCode()).isEqualTo(ExitCode.DONE);
    Printed printed = run(training("longer", "1,2", "--resume"));
    assertThat(printed.exitCode()).as(printed.text()).isEqualTo(ExitCode.DONE);
    assertThat(printed.text())
        .contains("training the transformer on from step 1")
        .contains("dev.tessera.transformer.training.TransformerTraining ")
        .doesNotContain("dev.tessera.vqvae.training.VqvaeTraining ");
  }

  @Test
  void onlyTheOptionsOfTheNamedCommandAreRead() throws Exception {
    assertThat(run("inspect", model).text())
        .contains("dev.tessera.cli.InspectCommand ")
        .doesNotContain("dev.tessera.cli.TrainCommand ", "dev.tessera.cli.SampleCommand ");
  }

  @Test
  void samplingNeedsNeitherXmlNorTheDifferentiationOfGraphs() throws Exception {
    Printed printed = run("sample", "--model", model, "--out", folder.resolve("sampled.png"));
    assertThat(printed.exitCode()).as(printed.text()).isEqualTo(ExitCode.DONE);
    assertThat(printed.text())
        .contains("org.nd4j.linalg.factory.Nd4j ")
        .doesNotContain("org.apache.xerces.", "dev.tessera.engine.plan.Differentiation ");
  }

  private static Printed run(Object... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-verbose:class",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.tessera.cli.Main"));
    Stream.of(arguments).map(String::valueOf).forEach(command::add);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Printed(process.exitValue(), printed);
  }
}
