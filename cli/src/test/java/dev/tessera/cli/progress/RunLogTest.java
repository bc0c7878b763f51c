package dev.tessera.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.train.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunLogTest {
  @TempDir private Path folder;

  private static StepReport report(long step) {
    return new StepReport(
        "vqvae", step, 100, step / 100.0, step, 0.5, 1e-3, 2, Map.of("usage", 1.0));
  }

  private List<JsonNode> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(new JsonMapper()::readTree).toList();
  }

  @Test
  void theFirstAndEveryTenthStepAreLogged() throws IOException {
    Path file = folder.resolve("log.jsonl");
    try (RunLog log = new RunLog(file)) {
      for (int step = 1; step <= 25; step++) {
        log.step(report(step));
      }
    }
    assertThat(lines(file)).extracting(line -> line.get("step").asInt()).containsExactly(1, 10, 20);
    assertThat(lines(file).get(0).get("measures").get("usage").asDouble()).isEqualTo(1);
  }

  @Test
  void aLogIsAppendedToEvenAfterHalfALine() throws IOException {
    Path file = folder.resolve("log.jsonl");
    try (RunLog log = new RunLog(file)) {
      log.saved(report(10));
    }
    Files.writeString(file, Files.readString(file) + "{\"time\":\"20");
    try (RunLog log = new RunLog(file)) {
      log.evaluated(report(20), Map.of("heldOutPsnr", 30.0));
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    assertThat(new JsonMapper().readTree(lines.get(2)).get("event").asString())
        .isEqualTo("evaluation");
  }

  @Test
  void aRunThatNeverBeganLeavesNoLog() throws IOException {
    Path file = folder.resolve("log.jsonl");
    new RunLog(file).close();
    assertThat(file).doesNotExist();
  }
}
