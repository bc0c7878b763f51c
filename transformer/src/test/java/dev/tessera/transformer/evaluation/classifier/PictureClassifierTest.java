package dev.tessera.transformer.evaluation.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.evaluation.feature.Softening;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PictureClassifierTest {
  private static final int SIDE = 16;
  private static final PictureClassifier.Recipe RECIPE =
      new PictureClassifier.Recipe(60, Augmentation.NONE);

  @Test
  void learnsWhatTellsPicturesApartAndNothingElse() {
    List<Rgb> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    examples(0, 80, pictures, labels);
    List<Rgb> others = new ArrayList<>();
    List<String> truth = new ArrayList<>();
    examples(80, 40, others, truth);

    try (PictureClassifier classifier = learn(pictures, labels, 1)) {
      assertThat(classifier.labels()).containsExactly("columns", "rows");
      assertThat(classifier.best(others)).isEqualTo(truth);
      for (double[] row : classifier.probabilities(others)) {
        assertThat(row[0] + row[1]).isBetween(1 - 1e-9, 1 + 1e-9);
      }
    }
  }

  @Test
  void labelsDrawnByLotAreNotLearned() {
    List<Rgb> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    examples(0, 80, pictures, labels);
    for (int i = 0; i < labels.size(); i++) {
      labels.set(i, new CounterRandom(5, "lot", i).nextBoolean() ? "columns" : "rows");
    }
    List<Rgb> others = new ArrayList<>();
    List<String> truth = new ArrayList<>();
    examples(80, 60, others, truth);
    try (PictureClassifier classifier = learn(pictures, labels, 1)) {
      List<String> answers = classifier.best(others);
      long right = 0;
      for (int i = 0; i < truth.size(); i++) {
        right += answers.get(i).equals(truth.get(i)) ? 1 : 0;
      }
      assertThat(right).isBetween(12L, 48L);
    }
  }

  @Test
  void theSameSeedMakesTheSameClassifier() {
    List<Rgb> pictures = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    examples(0, 20, pictures, labels);
    try (PictureClassifier one = learn(pictures, labels, 3);
        PictureClassifier same = learn(pictures, labels, 3);
        PictureClassifier other = learn(pictures, labels, 4)) {
      assertThat(same.probabilities(pictures)).isDeepEqualTo(one.probabilities(pictures));
      assertThat(other.probabilities(pictures)[0]).isNotEqualTo(one.probabilities(pictures)[0]);
    }
  }

  @Test
  void everyPictureNeedsALabel() {
    List<Rgb> one = List.of(Rgb.solid(SIDE, SIDE, 0));
    assertThatThrownBy(() -> learn(one, List.of("a", "b"), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 pictures with 2 labels");
    assertThatThrownBy(() -> new PictureClassifier.Recipe(0, Augmentation.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("steps is 0");
  }

  @Test
  void softeningKeepsPlainColoursOnAverageAndRoundsEdges() {
    Rgb grey = Softening.of(Rgb.solid(SIDE, SIDE, 0x808080), new CounterRandom(1, "softening", 0));
    double sum = 0;
    for (byte value : grey.pixels()) {
      assertThat(value & 0xFF).isBetween(128 - 40, 128 + 40);
      sum += value & 0xFF;
    }
    assertThat(sum / grey.pixels().length).isBetween(126.0, 130.0);

    double softened = 0;
    for (int i = 0; i < 20; i++) {
      softened += contrast(Softening.of(stripes(true, 0xFFFFFF, 0), new CounterRandom(1, "s", i)));
    }
    assertThat(softened / 20).isLessThan(0.95 * contrast(stripes(true, 0xFFFFFF, 0)));
  }

  @Test
  void coloursLieBetweenTheirTwoNearestSteps() {
    float[] steps = new float[ColourSteps.CHANNELS + 1];
    ColourSteps.write(new Rgb(1, 1, new byte[] {0, (byte) 255, 51}), steps, 1);
    assertThat(steps[1]).isEqualTo(1);
    assertThat(steps[16]).isEqualTo(1);
    // 51 of 255 is 1.4 of 7 steps.
    assertThat(steps[18]).isCloseTo(0.6f, org.assertj.core.data.Offset.offset(1e-5f));
    assertThat(steps[19]).isCloseTo(0.4f, org.assertj.core.data.Offset.offset(1e-5f));
    float sum = 0;
    for (float step : steps) {
      sum += step;
    }
    assertThat(sum).isCloseTo(3f, org.assertj.core.data.Offset.offset(1e-5f));
  }

  private static PictureClassifier learn(List<Rgb> pictures, List<String> labels, long seed) {
    return PictureClassifier.learn(
        pictures, labels, RECIPE, seed, Execution.best(), (step, steps) -> {});
  }

  /** Stripes of random colours, in rows or columns. */
  private static void examples(int from, int count, List<Rgb> pictures, List<String> labels) {
    for (int i = from; i < from + count; i++) {
      CounterRandom random = new CounterRandom(9, "stripes", i);
      boolean rows = i % 2 == 0;
      pictures.add(stripes(rows, 0xFFFFFF, random.nextInt(0x808080)));
      labels.add(rows ? "rows" : "columns");
    }
  }

  private static Rgb stripes(boolean rows, int light, int dark) {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    for (int i = 0; i < SIDE * SIDE; i++) {
      int line = rows ? i / SIDE : i % SIDE;
      int colour = line % 4 < 2 ? light : dark;
      pixels[3 * i] = (byte) (colour >> 16);
      pixels[3 * i + 1] = (byte) (colour >> 8);
      pixels[3 * i + 2] = (byte) colour;
    }
    return new Rgb(SIDE, SIDE, pixels);
  }

  private static double contrast(Rgb picture) {
    byte[] pixels = picture.pixels();
    double sum = 0;
    for (int i = 0; i + SIDE * 3 < pixels.length; i++) {
      sum += Math.abs((pixels[i] & 0xFF) - (pixels[i + SIDE * 3] & 0xFF));
    }
    return sum / pixels.length;
  }
}
