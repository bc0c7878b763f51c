package dev.tessera.transformer.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FrechetDistanceTest {
  @Test
  void aSetIsNotFarFromItself() {
    double[][] set = normal(200, 4, 1, 0, 1);
    assertThat(new FrechetDistance(set).of(set)).isCloseTo(0, within(1e-9));
  }

  @Test
  void inOneDimensionItIsTheDifferenceOfMeansAndDeviations() {
    // Means 1 and 5, deviations 1 and 2: 16 + (2 − 1)².
    double[][] reference = {{0}, {2}};
    double[][] set = {{3}, {7}};
    assertThat(new FrechetDistance(reference).of(set)).isCloseTo(17, within(1e-9));
  }

  @Test
  void covariancesThatDoNotCommuteAreComparedAsTheFormulaSays() {
    // C = diag(4, 1) against R = [[2.5, 1.5], [1.5, 2.5]]: the product R C has trace 12.5 and
    // determinant 16, so the sum of the roots of its eigenvalues is √(12.5 + 2 √16).
    double[][] set = {{2, 1}, {2, -1}, {-2, 1}, {-2, -1}};
    double s = Math.sqrt(0.5);
    double[][] reference = new double[4][];
    for (int i = 0; i < 4; i++) {
      reference[i] = new double[] {s * (set[i][0] - set[i][1]), s * (set[i][0] + set[i][1])};
    }
    double expected = 5 + 5 - 2 * Math.sqrt(12.5 + 2 * 4);
    assertThat(new FrechetDistance(reference).of(set)).isCloseTo(expected, within(1e-9));
  }

  @Test
  void aSetWithFewerRowsThanNumbersCanBeMeasured() {
    double distance = new FrechetDistance(normal(100, 8, 1, 0, 1)).of(normal(3, 8, 2, 0, 1));
    assertThat(distance).isFinite().isPositive();
  }

  static double[][] normal(int rows, int size, long seed, double mean, double deviation) {
    Random random = new Random(seed);
    double[][] set = new double[rows][size];
    for (double[] row : set) {
      for (int i = 0; i < size; i++) {
        row[i] = mean + deviation * random.nextGaussian();
      }
    }
    return set;
  }
}
