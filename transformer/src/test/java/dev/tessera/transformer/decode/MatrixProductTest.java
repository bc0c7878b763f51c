package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.random.CounterRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixProductTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everySumIsTakenInTheOrderOfTheRows(long seed) {
    CounterRandom random = new CounterRandom(seed, "product", 0);
    int rows = 1 + random.nextInt(6);
    int in = 1 + random.nextInt(70);
    int out = 1 + random.nextInt(1200);
    int from = random.nextInt(out);
    int to = from + random.nextInt(out - from + 1);
    float[][] x = matrix(random, rows, in);
    float[][] weight = matrix(random, in, out);
    float[][] y = matrix(random, rows, out);
    float[][] expected = new float[rows][];
    for (int row = 0; row < rows; row++) {
      expected[row] = y[row].clone();
      for (int j = from; j < to; j++) {
        for (int i = 0; i < in; i++) {
          expected[row][j] += x[row][i] * weight[i][j];
        }
      }
    }
    float[] last = y[rows - 1].clone();

    MatrixProduct.accumulate(x, rows, weight, y, from, to);
    MatrixProduct.accumulate(x[rows - 1], 0, weight, 0, in, last, from, to);

    assertThat(y).as("seed %d", seed).isDeepEqualTo(expected);
    assertThat(last).as("seed %d", seed).isEqualTo(expected[rows - 1]);
  }

  private static float[][] matrix(CounterRandom random, int rows, int columns) {
    float[][] matrix = new float[rows][columns];
    for (float[] row : matrix) {
      for (int j = 0; j < columns; j++) {
        row[j] = (float) random.nextGaussian();
      }
    }
    return matrix;
  }
}
