package dev.tessera.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunSummaryTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeLogs() throws IOException {
    log(
        "first",
        "{\"event\":\"prepared\",\"pictures\":1200}",
        "{\"event\":\"stage\",\"stage\":\"vqvae\",\"step\":0}",
        "{\"event\":\"step\",\"stage\":\"vqvae\",\"step\":5,\"seconds\":30,\"meanLoss\":2.5}",
        "{\"event\":\"evaluation\",\"stage\":\"vqvae\",\"step\":10,\"seconds\":60,"
            + "\"measures\":{\"heldOutPsnr\":20.25,\"ssim\":\"NaN\"}}",
        "{\"event\":\"evaluation\",\"stage\":\"vqvae\",\"step\":20,\"seconds\":90,"
            + "\"measures\":{\"heldOutPsnr\":99}}",
        "{\"event\":\"stage\",\"stage\":\"vqvae\",\"step\":10}",
        "{\"event\":\"evaluation\",\"stage\":\"vqvae\",\"step\":15,\"seconds\":120,"
            + "\"measures\":{\"heldOutPsnr\":21.5}}",
        "{\"event\":\"step\",\"stage\":\"vq");
    log(
        "second",
        "{\"event\":\"evaluation\",\"stage\":\"transformer\",\"step\":7,\"seconds\":6,"
            + "\"measures\":{\"heldOutImageBits\":6.5}}",
        "");
  }

  private void log(String run, String... lines) throws IOException {
    Path file = folder.resolve(run).resolve(RunSummary.LOG);
    Files.createDirectories(file.getParent());
    Files.writeString(file, String.join("\n", lines));
  }

  @Test
  void theNewestFiguresCountAndWhatASessionDidAgainReplacesWhatWasThere() throws IOException {
    List<RunSummary> runs = RunSummary.in(folder);
    assertThat(runs).extracting(RunSummary::name).containsExactly("first", "second");
    RunSummary.Stage stage = Objects.requireNonNull(runs.get(0).stages().get("vqvae"));
    assertThat(stage.step()).isEqualTo(15);
    assertThat(stage.curves().get("heldOutPsnr")).containsOnlyKeys(10L, 15L);
    assertThat(stage.last("heldOutPsnr")).hasValue(21.5);
    assertThat(stage.last("loss")).hasValue(2.5);
    assertThat(stage.last("ssim")).isEmpty();
  }

  @Test
  void theTableHasALineForEachRunAndADashForWhatItDoesNotKnow() throws IOException {
    List<String> lines = RunsTable.text(RunSummary.in(folder)).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("run ");
    assertThat(lines.get(1).split(" +", -1))
        .containsExactly("first", "1,200", "15", "21.50", "-", "-", "-", "-", "-", "2.0");
    assertThat(lines.get(2).split(" +", -1))
        .containsExactly("second", "-", "-", "-", "-", "-", "7", "6.500", "-", "0.1");
  }

  @Test
  void programsGetAllMeasures() throws IOException {
    JsonNode json = new JsonMapper().readTree(RunsTable.json(RunSummary.in(folder)));
    assertThat(json.get("first").get("stages").get("vqvae").get("heldOutPsnr").asDouble())
        .isEqualTo(21.5);
    assertThat(json.get("second").get("stages").get("transformer").get("step").asInt())
        .isEqualTo(7);
  }

  @Test
  void thePageHasTheTableAndACurveForEachMeasure() throws IOException {
    String page = RunsPage.html("<folder>", RunSummary.in(folder));
    assertThat(page)
        .contains("&lt;folder&gt;", "21.50", "heldOutPsnr over steps", "M266.7 200.0L400.0 0.0");
    assertThat(page).contains("heldOutImageBits over steps").doesNotContain("NaN", "http");
  }

  @Test
  void aRunFolderItselfIsOneRun() throws IOException {
    assertThat(RunSummary.in(folder.resolve("second"))).hasSize(1);
  }

  @Test
  void aFolderWithoutRunsIsAnError() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("second/empty"));
    assertThatThrownBy(() -> RunSummary.in(empty))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds no run");
    assertThatThrownBy(() -> RunSummary.in(folder.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no such folder");
  }
}
