package dev.tessera.transformer.ranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.random.CounterRandom;
import org.junit.jupiter.api.Test;

class ContrastiveLossTest {
  private static final int PAIRS = 5;
  private static final int WIDTH = 3;
  private static final double LOG_SCALE = Math.log(3);
  private static final int[] DIFFERENT = {0, 1, 2, 3, 4};
  private static final int[] TWO_ALIKE = {0, 1, 2, 1, 4};

  private static float[] vectors(String purpose) {
    CounterRandom random = new CounterRandom(7, purpose, 0);
    float[] vectors = new float[PAIRS * WIDTH];
    for (int i = 0; i < PAIRS; i++) {
      double square = 0;
      for (int j = 0; j < WIDTH; j++) {
        vectors[i * WIDTH + j] = (float) random.nextGaussian();
        square += vectors[i * WIDTH + j] * vectors[i * WIDTH + j];
      }
      for (int j = 0; j < WIDTH; j++) {
        vectors[i * WIDTH + j] /= (float) Math.sqrt(square);
      }
    }
    return vectors;
  }

  /** Both cross-entropies written down as they are defined. */
  private static double byDefinition(
      float[] pictures, float[] texts, int[] groups, double logScale) {
    double loss = 0;
    for (boolean byPicture : new boolean[] {true, false}) {
      for (int i = 0; i < PAIRS; i++) {
        double[] logits = new double[PAIRS];
        double all = 0;
        for (int j = 0; j < PAIRS; j++) {
          int picture = byPicture ? i : j;
          int text = byPicture ? j : i;
          for (int k = 0; k < WIDTH; k++) {
            logits[j] +=
                Math.exp(logScale) * pictures[picture * WIDTH + k] * texts[text * WIDTH + k];
          }
          all += Math.exp(logits[j]);
        }
        double aimed = 0;
        int right = 0;
        for (int j = 0; j < PAIRS; j++) {
          if (groups[j] == groups[i]) {
            aimed += Math.log(all) - logits[j];
            right++;
          }
        }
        loss += aimed / right / (2 * PAIRS);
      }
    }
    return loss;
  }

  @Test
  void theLossIsThatOfItsDefinition() {
    for (int[] groups : new int[][] {DIFFERENT, TWO_ALIKE}) {
      double loss =
          ContrastiveLoss.of(vectors("pictures"), vectors("texts"), groups, LOG_SCALE).loss();
      double expected = byDefinition(vectors("pictures"), vectors("texts"), groups, LOG_SCALE);
      assertThat(loss).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void itsGradientsAreThoseOfDifferences() {
    double step = 1e-2;
    for (int[] groups : new int[][] {DIFFERENT, TWO_ALIKE}) {
      ContrastiveLoss loss =
          ContrastiveLoss.of(vectors("pictures"), vectors("texts"), groups, LOG_SCALE);
      for (int i = 0; i < PAIRS * WIDTH; i++) {
        double[] pictures = new double[2];
        double[] texts = new double[2];
        for (int side = 0; side < 2; side++) {
          float[] moved = vectors("pictures");
          moved[i] += (float) (side == 0 ? -step : step);
          pictures[side] = byDefinition(moved, vectors("texts"), groups, LOG_SCALE);
          moved = vectors("texts");
          moved[i] += (float) (side == 0 ? -step : step);
          texts[side] = byDefinition(vectors("pictures"), moved, groups, LOG_SCALE);
        }
        double tolerance = 2e-4;
        assertThat((double) loss.pictures()[i])
            .isCloseTo((pictures[1] - pictures[0]) / (2 * step), within(tolerance));
        assertThat((double) loss.texts()[i])
            .isCloseTo((texts[1] - texts[0]) / (2 * step), within(tolerance));
      }
      double above = byDefinition(vectors("pictures"), vectors("texts"), groups, LOG_SCALE + step);
      double below = byDefinition(vectors("pictures"), vectors("texts"), groups, LOG_SCALE - step);
      assertThat(loss.logScale()).isCloseTo((above - below) / (2 * step), within(2e-4));
    }
  }

  @Test
  void theScaleGrowsToAHundredAndNoFurther() {
    float[] same = vectors("pictures");
    double beyond = Math.log(150);
    assertThat(ContrastiveLoss.scale(beyond)).isEqualTo(100);
    // Pairs that fit would pull it up, those that do not may pull it down.
    assertThat(ContrastiveLoss.of(same, same, DIFFERENT, beyond).logScale()).isZero();
    assertThat(ContrastiveLoss.of(same, vectors("texts"), DIFFERENT, beyond).logScale())
        .isPositive();
  }
}
