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
      warm = digest();
    }
    assertThat(inNewMachine("-Xint")).isEqualTo(warm);
    assertThat(inNewMachine("-Djava.util.concurrent.ForkJoinPool.common.parallelism=3"))
        .isEqualTo(warm);
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
    return output;
  }

  /** For the second machine. */
  public static void main(String[] arguments) {
    System.out.println(digest());
  }

  /** A number that every bit of many logits goes into. */
  private static String digest() {
    // Wide enough for a single row to share out its larger products.
    TransformerConfig config = TransformerConfig.causal(257, 4, 300, 3, 4, 264, 1, 8);
    TransformerWeights weights = TransformerWeights.read(config, new RandomWeights(3));
    long digest = 0;
    for (int rows : new int[] {1, 5}) {
      IncrementalDecoder decoder = new IncrementalDecoder(config, weights, rows);
      decoder.start(rows);
      for (int t = 0; t < config.sequenceLength(); t++) {
        int[] tokens = new int[rows];
        for (int row = 0; row < rows; row++) {
          tokens[row] = (t * 31 + row * 7) % 270;
        }
        for (float[] row : decoder.step(tokens, t, t + 1, Range.IMAGE)) {
          for (float logit : row) {
            digest = digest * 31 + Float.floatToRawIntBits(logit);
          }
        }
      }
    }
    return Long.toHexString(digest);
  }
}
