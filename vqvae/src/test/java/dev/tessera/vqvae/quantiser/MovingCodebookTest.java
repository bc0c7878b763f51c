package dev.tessera.vqvae.quantiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.TensorMap;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class MovingCodebookTest {
  private static final int CHANNELS = 2;

  /** Three places far from each other, and a little around them. */
  private static final float[][] PLACES = {{10, 0}, {0, 10}, {-10, -10}};

  private static VectorQuantiser config(int codes, double revivalShare, boolean unitLength) {
    return new VectorQuantiser(
        codes,
        CHANNELS,
        0.9,
        0.25,
        3,
        revivalShare,
        unitLength,
        VectorQuantiser.Gradient.STRAIGHT_THROUGH);
  }

  /** A codebook with the model that it is the state of. */
  private static final class Learned {
    final VectorQuantiser config;
    final ParameterStore store = new ParameterStore(5, DataType.FLOAT);
    final CodebookLearner learner;

    Learned(VectorQuantiser config) {
      this.config = config;
      config.declare(new ModelGraph(store, DataType.FLOAT));
      learner = config.learner(store, 11).orElseThrow();
    }

    float[] codebook() {
      return config.codebook(store);
    }

    /** The nearest codes, as the graph would find them. */
    int[] nearest(float[] vectors) {
      float[] codebook = codebook();
      int[] codes = new int[vectors.length / CHANNELS];
      for (int row = 0; row < codes.length; row++) {
        double least = Double.POSITIVE_INFINITY;
        for (int code = 0; code < config.codebookSize(); code++) {
          double x = vectors[2 * row] - codebook[2 * code];
          double y = vectors[2 * row + 1] - codebook[2 * code + 1];
          if (x * x + y * y < least) {
            least = x * x + y * y;
            codes[row] = code;
          }
        }
      }
      return codes;
    }

    void step(long step, float[] vectors) {
      int half = vectors.length / 4 * 2;
      for (float[] part :
          List.of(
              Arrays.copyOf(vectors, half), Arrays.copyOfRange(vectors, half, vectors.length))) {
        learner.observe(nearest(part), new float[0], part);
      }
      learner.update(step, 0.01);
    }
  }

  private static float[] vectors(long step) {
    Random random = new Random(step);
    float[] vectors = new float[30 * CHANNELS];
    for (int i = 0; i < vectors.length; i++) {
      float[] place = PLACES[i / CHANNELS % PLACES.length];
      vectors[i] = place[i % CHANNELS] + (float) random.nextGaussian() / 10;
    }
    return vectors;
  }

  @Test
  void isPlacedAmongTheVectorsAfterTheWarmUp() {
    Learned learned = new Learned(config(3, 0, false));
    for (long step = 1; step <= 3; step++) {
      assertThat(learned.learner.isQuantising()).isFalse();
      learned.step(step, vectors(step));
    }
    assertThat(learned.learner.isQuantising()).isTrue();
    assertThat(learned.store.array(VectorQuantiser.PLACED).getDouble(0)).isEqualTo(1);
    float[] codebook = learned.codebook();
    for (float[] place : PLACES) {
      assertThat(List.of(0, 1, 2))
          .anySatisfy(
              code -> {
                assertThat(codebook[2 * code]).isCloseTo(place[0], within(0.2f));
                assertThat(codebook[2 * code + 1]).isCloseTo(place[1], within(0.2f));
              });
    }
  }

  @Test
  void isPlacedAtATenthOfAShortTraining() {
    Learned learned = new Learned(config(3, 0, false));
    learned.learner.observe(learned.nearest(vectors(1)), new float[0], vectors(1));
    learned.learner.update(1, 0.1);
    assertThat(learned.learner.isQuantising()).isTrue();
  }

  @Test
  void placesHaveVectorsEvenWhereFewAreDifferent() {
    Learned learned = new Learned(config(8, 0, false));
    float[] alike = new float[20 * CHANNELS];
    Arrays.fill(alike, 7);
    learned.learner.observe(new int[20], new float[0], alike);
    learned.learner.update(3, 0);
    for (float value : learned.codebook()) {
      assertThat(value).isCloseTo(7, within(0.01f));
    }
  }

  /** Appendix A.1, equations 6 to 8, by hand. */
  @Test
  void aCodeFollowsTheMovingAverageOfItsVectors() {
    Learned learned = new Learned(config(3, 0, false));
    for (long step = 1; step <= 3; step++) {
      learned.step(step, vectors(step));
    }
    TensorMap before = learned.learner.state();
    int[] codes = {2, 0, 2};
    float[] vectors = {1, 2, 3, 4, 5, 6};
    learned.learner.observe(codes, new float[0], vectors);
    learned.learner.update(4, 0.2);
    float[] counts = before.get("counts").data();
    float[] sums = before.get("sums").data();
    double[] seen = {1, 0, 2};
    double[][] added = {{3, 4}, {0, 0}, {6, 8}};
    float[] codebook = learned.codebook();
    for (int code = 0; code < 3; code++) {
      double count = 0.9 * counts[code] + 0.1 * seen[code];
      for (int c = 0; c < CHANNELS; c++) {
        double sum = 0.9 * sums[2 * code + c] + 0.1 * added[code][c];
        assertThat((double) codebook[2 * code + c]).isCloseTo(sum / count, within(1e-4));
      }
    }
  }

  @Test
  void anUnusedCodeIsPutWhereAVectorIs() {
    Learned revived = new Learned(config(3, 0.03, false));
    Learned left = new Learned(config(3, 0, false));
    for (Learned learned : List.of(revived, left)) {
      for (long step = 1; step <= 3; step++) {
        learned.step(step, vectors(step));
      }
    }
    assertThat(revived.codebook()).isEqualTo(left.codebook());
    // All vectors move away from two of the codes.
    Random random = new Random(1);
    for (long step = 4; step < 60; step++) {
      float[] moved = new float[40 * CHANNELS];
      for (int i = 0; i < moved.length; i++) {
        moved[i] = PLACES[0][i % CHANNELS] + (float) random.nextGaussian();
      }
      revived.step(step, moved);
      left.step(step, moved);
    }
    assertThat(distant(left.codebook())).isEqualTo(2);
    assertThat(distant(revived.codebook())).isZero();
  }

  /** One vector of forty is far from all codes; the others have a code close by. */
  @Test
  void anUnusedCodeIsPutWhereTheCodebookIsWanting() {
    Learned learned = new Learned(config(3, 0.03, false));
    for (long step = 1; step <= 3; step++) {
      learned.step(step, vectors(step));
    }
    Random random = new Random(1);
    float[] before = learned.codebook();
    for (long step = 4; step < 200 && !isMoved(before, learned); step++) {
      float[] vectors = new float[40 * CHANNELS];
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = i < CHANNELS ? 60 : PLACES[0][i % CHANNELS] + (float) random.nextGaussian();
      }
      // The far vector becomes the code that most vectors become.
      int[] codes = new int[40];
      Arrays.fill(codes, learned.nearest(new float[] {10, 0})[0]);
      learned.learner.observe(codes, new float[0], vectors);
      learned.learner.update(step, 0.5);
    }
    float[] codebook = learned.codebook();
    assertThat(List.of(0, 1, 2))
        .anySatisfy(
            code -> {
              assertThat(codebook[2 * code]).isCloseTo(60, within(0.01f));
              assertThat(codebook[2 * code + 1]).isCloseTo(60, within(0.01f));
            });
  }

  /** Whether a code has been put elsewhere; the one in use only drifts. */
  private static boolean isMoved(float[] before, Learned learned) {
    float[] now = learned.codebook();
    boolean moved = false;
    int used = learned.nearest(new float[] {10, 0})[0];
    for (int code = 0; code < 3; code++) {
      double x = now[2 * code] - before[2 * code];
      double y = now[2 * code + 1] - before[2 * code + 1];
      moved |= code != used && Math.hypot(x, y) > 1;
    }
    return moved;
  }

  private static long distant(float[] codebook) {
    long distant = 0;
    for (int code = 0; code < codebook.length / 2; code++) {
      distant += Math.hypot(codebook[2 * code] - 10, codebook[2 * code + 1]) > 5 ? 1 : 0;
    }
    return distant;
  }

  @Test
  void codesOfUnitLengthStayOnTheCircle() {
    Learned learned = new Learned(config(3, 0.03, true));
    for (long step = 1; step <= 8; step++) {
      float[] vectors = vectors(step);
      for (int row = 0; row < vectors.length / 2; row++) {
        double length = Math.hypot(vectors[2 * row], vectors[2 * row + 1]);
        vectors[2 * row] /= (float) length;
        vectors[2 * row + 1] /= (float) length;
      }
      learned.step(step, vectors);
    }
    float[] codebook = learned.codebook();
    for (int code = 0; code < 3; code++) {
      assertThat(Math.hypot(codebook[2 * code], codebook[2 * code + 1])).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void resumesBitForBitBeforeAndAfterThePlacing() {
    Learned whole = new Learned(config(5, 0.3, false));
    for (long step = 1; step <= 12; step++) {
      whole.step(step, vectors(step));
    }
    Learned parts = new Learned(config(5, 0.3, false));
    for (long step = 1; step <= 12; step++) {
      Learned next = new Learned(config(5, 0.3, false));
      next.store.load(parts.store.toTensors());
      next.learner.restore(parts.learner.state());
      next.step(step, vectors(step));
      parts = next;
    }
    assertThat(parts.codebook()).isEqualTo(whole.codebook());
    assertThat(parts.learner.state().asMap()).isEqualTo(whole.learner.state().asMap());
  }
}
