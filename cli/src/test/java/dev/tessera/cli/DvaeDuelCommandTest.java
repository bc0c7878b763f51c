package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DvaeDuelCommandTest {
  private static final String ANSWER = "steps=8 pictures=64 seconds=1.5; }; f";

  /** Gives back the originals. */
  private static final String PERFECT =
      "f() { cp \"$3\" \"$4\"; echo \"$@\" >> 'LOG'; echo parameters=1270000 " + ANSWER;

  @TempDir private Path folder;

  /** The command, each of whose calls becomes a line of {@link #log}. */
  private String perfect() {
    return PERFECT.replace("LOG", log().toString());
  }

  private Path log() {
    return folder.resolve("log");
  }

  private Call duel(String peer, Object... more) throws IOException {
    Path pictures = folder.resolve("pictures");
    if (!Files.exists(pictures)) {
      Shapes.draw(pictures, false, 1);
    }
    List<Object> all = new ArrayList<>(List.of("dvae-duel", pictures, "--peer", peer));
    all.addAll(List.of("--size", 16, "--minutes", 0.02, "--cache", folder.resolve("cache")));
    all.addAll(List.of(more));
    return Call.of(all.toArray());
  }

  @Test
  void bothSidesAreMeasuredAlikeAtEqualTimeAndAtEqualPictures() throws IOException {
    Path json = folder.resolve("duel.json");
    Call call =
        duel(
            perfect(),
            "--variants",
            "default,kl",
            "--kl-weight",
            "0.25",
            "--search",
            2,
            "--json",
            json);
    assertThat(call.exitCode()).as(call.err()).isEqualTo(ExitCode.DONE);
    assertThat(call.out()).contains("Tessera, equal time", "Tessera, equal pictures");
    assertThat(Files.readAllLines(log()))
        .hasSize(2)
        .satisfiesExactly(
            one -> assertThat(one).startsWith("16 ").contains("seconds=1.2").endsWith("kl=0"),
            two -> assertThat(two).endsWith("kl=0.25 repaired=0"));

    JsonNode document = new JsonMapper().readTree(Files.readString(json));
    assertThat(document.get("sweeps").asInt()).isEqualTo(2);
    JsonNode rows = document.get("contenders");
    assertThat(rows).hasSize(6);
    assertThat(rows.get(0).get("ssim").asDouble()).isEqualTo(1);
    assertThat(rows.get(0).has("psnr")).isFalse();
    assertThat(rows.get(4).get("pictures").asInt()).isEqualTo(64);
    assertThat(rows.get(2).get("seconds").asDouble()).isGreaterThan(1);
    for (int row : new int[] {2, 4}) {
      double psnr = rows.get(row).get("psnr").asDouble();
      assertThat(psnr).isBetween(0.0, 40.0);
      assertThat(rows.get(row + 1).get("name").asString()).endsWith(", searched");
      assertThat(rows.get(row + 1).get("psnr").asDouble()).isGreaterThanOrEqualTo(psnr);
    }
  }

  @Test
  void withoutASearchThereIsOneOutcomeOfEach() throws IOException {
    Call call = duel(perfect(), "--variants", "default");
    assertThat(call.exitCode()).as(call.err()).isEqualTo(ExitCode.DONE);
    assertThat(call.out()).contains("Tessera, equal pictures").doesNotContain("searched");
    Call wrong = duel(perfect(), "--search", -1);
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(wrong.err()).contains("--search is -1");
  }

  @Test
  void aPeerOfAnotherSizeIsNoFairComparison() throws IOException {
    Call call = duel(perfect().replace("1270000", "990000"), "--variants", "default");
    assertThat(call.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(call.err()).contains("no fair comparison");
  }

  @Test
  void failuresOfThePeerAreSentences() throws IOException {
    Call torn = duel("f() { echo x > \"$4\"; echo parameters=1 " + ANSWER, "--variants", "kl");
    assertThat(torn.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(torn.err()).contains("has 2 bytes, but 1 pictures have 768");
    Call gone = duel("exit 3;", "--variants", "kl");
    assertThat(gone.err()).contains("the peer ended with exit code 3");
    Call unknown = duel("true", "--variants", "best");
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(unknown.err()).contains("\"best\"", "default, kl, kl-repaired");
  }
}
