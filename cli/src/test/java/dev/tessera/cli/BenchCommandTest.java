package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
  private static final String PEER =
      "while read -r line; do case $line in run*) echo 2;; done) ;; *) echo ready;; esac; done";

  @TempDir private Path folder;

  @Test
  void aComparisonIsAnArrayOfNameOursPeerUnitRatio() throws IOException {
    Path file = folder.resolve("bench.json");
    Call call = Call.of("bench", "tiny/train", "--peer", PEER, "--json", file);
    assertThat(call.exitCode()).as(call.err()).isEqualTo(ExitCode.DONE);
    assertThat(call.out()).contains("processor", "memory copy", "tiny/train", "ratio");

    JsonNode rows = new JsonMapper().readTree(Files.readString(file));
    assertThat(rows.isArray()).isTrue();
    assertThat(rows.size()).isEqualTo(1);
    JsonNode row = rows.get(0);
    assertThat(row.propertyNames()).containsExactly("name", "ours", "peer", "unit", "ratio");
    assertThat(row.get("name").asString()).isEqualTo("tiny/train");
    assertThat(row.get("unit").asString()).isEqualTo("s/step");
    assertThat(row.get("peer").asDouble()).isEqualTo(2);
    assertThat(row.get("ours").asDouble()).isBetween(0.0, 2.0);
    assertThat(row.get("ratio").asDouble()).isEqualTo(row.get("ours").asDouble() / 2);
  }

  @Test
  void aloneItAlsoTellsTheMachineThePeakAndTheProfile() throws IOException {
    Path file = folder.resolve("bench.json");
    Call call = Call.of("bench", "tiny/train", "--profile", "--precision", "f32", "--json", file);
    assertThat(call.exitCode()).as(call.err()).isEqualTo(ExitCode.DONE);
    JsonNode document = new JsonMapper().readTree(Files.readString(file));
    assertThat(document.get("machine").get("cores").asInt())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    for (JsonNode product : document.get("products")) {
      boolean single = product.get("precision").asString().equals("f32");
      assertThat(product.get("gigaflops").asDouble()).isGreaterThan(single ? 0.1 : -1);
    }
    assertThat(document.get("memoryBandwidth").asDouble()).isGreaterThan(1e8);
    JsonNode tiny = document.get("benchmarks").get(0);
    assertThat(tiny.get("precision").asString()).isEqualTo("f32");
    assertThat(tiny.get("steps").size()).isGreaterThanOrEqualTo(7);
    assertThat(tiny.get("shareOfPeak").asDouble()).isBetween(0.0, 1.0);
    assertThat(tiny.get("heapBytes").asLong()).isPositive();
    assertThat(tiny.get("profile").get("(optimiser)").asDouble()).isPositive();
  }

  @Test
  void aFailureOfThePeerIsOneSentence() {
    Call call = Call.of("bench", "tiny/train", "--peer", "read -r line; echo failed no libtorch");
    assertThat(call.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(call.errors()).containsExactly("tessera: the peer failed no libtorch");
  }
}
