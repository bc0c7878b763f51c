package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkLoopsTest {
  private static final int CHUNK = ChunkLoops.LENGTH;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 256, 257, 2047, CHUNK})
  void theSumOfSquaresIsThatOfTheLength(int length) {
    ChunkLoops loops = random(new Random(length));
    double expected = 0;
    for (int i = 0; i < length; i++) {
      expected += (double) loops.gradient[i] * loops.gradient[i];
    }
    assertThat(loops.squares(length)).isCloseTo(expected, within(1e-6 * expected));
  }

  @Test
  void noLoopTouchesWhatLiesBehindItsLength() {
    ChunkLoops loops = random(new Random(1));
    ChunkLoops before = random(new Random(1));
    loops.addToGradient(10);
    loops.moments(10, 0.5f, 0.9f, 0.99f);
    loops.update(10, 0.9f, 0.1f);
    loops.average(10, 0.9f);
    loops.lookAhead(10, 0.5f, 0.9f);
    loops.move(10, 0.9f, 0.1f);
    for (int i = 0; i < CHUNK; i++) {
      assertThat(loops.gradient[i] == before.gradient[i]).isEqualTo(i >= 10);
      assertThat(loops.means[i] == before.means[i]).isEqualTo(i >= 10);
      assertThat(loops.squareMeans[i] == before.squareMeans[i]).isEqualTo(i >= 10);
      assertThat(loops.weights[i] == before.weights[i]).isEqualTo(i >= 10);
      assertThat(loops.averages[i] == before.averages[i]).isEqualTo(i >= 10);
    }
  }

  private static ChunkLoops random(Random random) {
    ChunkLoops loops = new ChunkLoops();
    for (int i = 0; i < CHUNK; i++) {
      loops.gradient[i] = (float) random.nextGaussian();
      loops.summand[i] = (float) random.nextGaussian();
      loops.weights[i] = (float) random.nextGaussian();
      loops.means[i] = (float) random.nextGaussian();
      loops.squareMeans[i] = random.nextFloat();
      loops.averages[i] = (float) random.nextGaussian();
    }
    return loops;
  }

  @Test
  void interpretedAndCompiledLoopsGiveTheSameBits() throws Exception {
    assertThat(inNewMachine("-Xint")).isEqualTo(inNewMachine("-Xbatch")).hasSizeGreaterThan(8);
  }

  private static String inNewMachine(String option) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            option,
            "-cp",
            System.getProperty("java.class.path"),
            ChunkLoopsTest.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  /** For the second machine: enough steps for the compiler to take notice. */
  public static void main(String[] arguments) {
    ChunkLoops loops = random(new Random(2));
    long digest = 0;
    for (int step = 0; step < 3000; step++) {
      int length = CHUNK - step % 9;
      loops.addToGradient(length);
      digest = digest * 31 + Double.doubleToRawLongBits(loops.squares(length));
      loops.moments(length, 0.37f, 0.9f, 0.95f);
      loops.update(length, 0.999f, 0.01f);
      loops.lookAhead(length, 0.37f, 0.95f);
      loops.move(length, 0.999f, 0.01f);
      loops.average(length, 0.99f);
    }
    for (float[] values : List.of(loops.weights, loops.means, loops.squareMeans, loops.averages)) {
      for (float value : values) {
        digest = digest * 31 + Float.floatToRawIntBits(value);
      }
    }
    System.out.println(Long.toHexString(digest));
  }
}
