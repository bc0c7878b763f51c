package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CollapseCommandTest {
  @TempDir Path folder;

  private Call collapse(Object... more) throws IOException {
    Path pictures = Shapes.draw(folder.resolve("pictures"), false, 3);
    Object[] arguments = {
      "collapse",
      pictures,
      "--config",
      Shapes.tinyConfig(folder),
      "--cache",
      folder.resolve("cache")
    };
    Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Call.of(all);
  }

  @Test
  void theDefaultQuantiserIsTriedFromTwoSeeds() throws IOException {
    Path json = folder.resolve("collapse.json");
    Call call = collapse("--quick", "--steps", 5, "--json", json);
    assertThat(call.out().lines()).hasSize(3);
    JsonNode rows = new JsonMapper().readTree(json.toFile());
    assertThat(rows).hasSize(2);
    boolean fine = true;
    for (JsonNode row : rows) {
      assertThat(row.get("kind").asString()).isEqualTo("fsq");
      assertThat(row.get("codes").asInt()).isEqualTo(64);
      assertThat(row.get("usage").asDouble()).isBetween(1 / 64.0, 1.0);
      assertThat(row.get("perplexity").asDouble()).isBetween(1.0, 64.0);
      assertThat(row.get("psnr").asDouble()).isPositive();
      fine &= row.get("fine").asBoolean();
    }
    // A few flat shapes do not have 64 different codes.
    assertThat(fine).isFalse();
    assertThat(call.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(call.out()).contains("misses its bar");
  }

  @Test
  void everyKindIsTrained() throws IOException {
    for (String kind : new String[] {"vq", "gumbel", "lfq"}) {
      Call call = collapse("--only", kind, "--steps", 5, "--seeds", 1);
      assertThat(call.out().lines().skip(1))
          .as(call.err())
          .hasSize(2)
          .allMatch(l -> l.startsWith(kind));
    }
    Call unknown = collapse("--only", "other");
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(unknown.err()).contains("--only is other");
  }
}
