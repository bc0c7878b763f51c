package dev.tessera.transformer.evaluation.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearProjectionTest {
  @Test
  void aSpectrumPutsItsMatrixTogetherAgain() {
    double[][] matrix = Moments.of(rows(50, new double[] {3, 1, 0.5}, 1)).covariance();
    SymmetricMatrix spectrum = SymmetricMatrix.of(matrix);
    assertThat(spectrum.values()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    double[][] root = spectrum.squareRoot();
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double product = 0;
        for (int k = 0; k < 3; k++) {
          product += root[i][k] * root[k][j];
        }
        assertThat(product).isCloseTo(matrix[i][j], within(1e-9));
      }
    }
  }

  @Test
  void theFirstPrincipalComponentIsTheDirectionOfTheLargestSpread() {
    LinearProjection projection =
        LinearProjection.principal(rows(500, new double[] {0.1, 5, 0.1}, 2), 1);
    assertThat(projection.directions()).hasNumberOfRows(1);
    assertThat(Math.abs(projection.directions()[0][1])).isCloseTo(1, within(1e-3));
  }

  @Test
  void theDiscriminantLooksWhereClassesDifferThoughTheSpreadIsElsewhere() {
    double[][] rows = rows(400, new double[] {5, 0.2, 5}, 3);
    int[] classes = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      classes[i] = i % 2;
      rows[i][1] += classes[i];
    }
    LinearProjection projection = LinearProjection.discriminant(rows, classes, 64);
    assertThat(projection.directions()).hasNumberOfRows(1);
    int right = 0;
    double[] low = projection.apply(new double[] {0, 0, 0});
    double[] high = projection.apply(new double[] {0, 1, 0});
    for (int i = 0; i < rows.length; i++) {
      double image = projection.apply(rows[i])[0];
      boolean nearHigh = Math.abs(image - high[0]) < Math.abs(image - low[0]);
      right += nearHigh == (classes[i] == 1) ? 1 : 0;
    }
    assertThat(right).isGreaterThan(300);
    assertThat(Math.abs(projection.directions()[0][1]))
        .isGreaterThan(5 * Math.abs(projection.directions()[0][0]));
  }

  @Test
  void classesWhoseMembersAreEqualCanBeToldApart() {
    double[][] rows = {{0, 1}, {0, 1}, {1, 0}, {1, 0}};
    LinearProjection projection = LinearProjection.discriminant(rows, new int[] {0, 0, 1, 1}, 64);
    assertThat(projection.apply(rows[0])[0]).isFinite().isNotEqualTo(projection.apply(rows[2])[0]);
  }

  private static double[][] rows(int count, double[] deviations, long seed) {
    Random random = new Random(seed);
    double[][] rows = new double[count][deviations.length];
    for (double[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = deviations[i] * random.nextGaussian();
      }
    }
    return rows;
  }
}
