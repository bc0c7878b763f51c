package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.transformer.TransformerConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Logits must not change when the JIT compiles a loop, nor with the number of threads. */
class RepeatableBitsTest {

  @Test
  void interpretedAndCompiledStepsGiveTheSameBits() throws Exception {
    String warm = "";
    for (int repeat = 0; repeat < 30; repeat++) {
      warm = digest(2);
    }
    assertThat(inNewMachine("-Xint")).isEqualTo(warm);
    for (int threads : new int[] {1, 3, 8}) {
      assertThat(digest(threads)).as("%d threads", threads).isEqualTo(warm);
    }
  }

  private static String inNewMachine(String option) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(option);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(RepeatableBitsTest.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    // Above it may stand what native libraries say when they are loaded.
    return output.lines().reduce("", (before, line) -> line);
  }

  /** For the second machine. */
  public static void main(String[] arguments) {
    System.out.println(digest(2));
  }

  /** A number that every bit of many logits goes into. */
  private static String digest(int threads) {
    // Wide enough for a single row to share out its larger products.
    TransformerConfig config = TransformerConfig.causal(257, 4, 300, 3, 4, 264, 1, 8);
    TransformerWeights weights = TransformerWeights.read(config, new RandomWeights(3));
    String digests = "";
    for (WeightFormat format : WeightFormat.values()) {
      long digest = 0;
      for (int rows : new int[] {1, 5}) {
        try (IncrementalDecoder decoder =
            new IncrementalDecoder(config, weights, rows, format, threads)) {
          digest = digest * 31 + digest(config, decoder, rows);
        }
      }
      digests += format + " " + Long.toHexString(digest) + " ";
    }
    return digests.strip();
  }

  private static long digest(TransformerConfig config, IncrementalDecoder decoder, int rows) {
    long digest = 0;
    decoder.start(rows);
    for (int t = 0; t < config.sequenceLength(); t++) {
      int[] tokens = new int[rows];
      for (int row = 0; row < rows; row++) {
        tokens[row] = t == 0 ? row % 2 : (t * 31 + row * 7) % 270;
      }
      for (float[] row : decoder.step(tokens, t, t + 1, Range.IMAGE)) {
        for (float logit : row) {
          digest = digest * 31 + Float.floatToRawIntBits(logit);
        }
      }
    }
    return digest;
  }
}
