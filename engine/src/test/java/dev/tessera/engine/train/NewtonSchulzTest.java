package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.onednn.OneDnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NewtonSchulzTest {
  /**
   * @param tolerance of all differences together, as a share of all numbers together
   */
  private record Way(String name, NewtonSchulz.Maker maker, double tolerance) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** All that this processor can do. */
  private static Stream<Way> ways() {
    List<Way> ways = new ArrayList<>();
    ways.add(new Way("plain", NewtonSchulz.maker(Execution.plain()), 1e-4));
    if (Execution.best().operations() == Execution.Operations.FUSED) {
      ways.add(new Way("fused", NewtonSchulz.maker(Execution.fused()), 1e-4));
    }
    if (OneDnn.multipliesBfloat16()) {
      ways.add(new Way("bfloat16", NewtonSchulz.maker(Execution.bfloat16()), 0.03));
    }
    return ways.stream();
  }

  /** What the polynomial makes of one singular value. */
  private static double polynomial(double value) {
    for (int step = 0; step < 5; step++) {
      double square = value * value;
      value *= 3.4445 - 4.7750 * square + 2.0315 * square * square;
    }
    return value;
  }

  /** Vectors of length 1, all at right angles: by Gram and Schmidt. */
  private static double[][] orthonormal(Random random, int count, int length) {
    double[][] vectors = new double[count][length];
    for (int i = 0; i < count; i++) {
      Arrays.setAll(vectors[i], j -> random.nextGaussian());
      for (int pass = 0; pass < 2; pass++) {
        for (int before = 0; before < i; before++) {
          subtract(vectors[i], vectors[before], dot(vectors[i], vectors[before]));
        }
      }
      double norm = Math.sqrt(dot(vectors[i], vectors[i]));
      for (int j = 0; j < length; j++) {
        vectors[i][j] /= norm;
      }
    }
    return vectors;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void subtract(double[] from, double[] vector, double factor) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= factor * vector[i];
    }
  }

  /** The matrix of given singular vectors and values, and perhaps more room behind it. */
  private static float[] matrix(double[][] left, double[] values, double[][] right, int more) {
    int rows = left[0].length;
    int columns = right[0].length;
    float[] matrix = new float[rows * columns + more];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int k = 0; k < values.length; k++) {
          sum += left[k][i] * values[k] * right[k][j];
        }
        matrix[i * columns + j] = (float) sum;
      }
    }
    return matrix;
  }

  @ParameterizedTest
  @MethodSource("ways")
  void singularVectorsStayAndTheirValuesComeNearOne(Way way) {
    Random random = new Random(3);
    for (int[] shape :
        new int[][] {{40, 24}, {24, 40}, {33, 33}, {1, 7}, {7, 1}, {1, 1}, {400, 40}}) {
      int count = Math.min(shape[0], shape[1]);
      double[][] left = orthonormal(random, count, shape[0]);
      double[][] right = orthonormal(random, count, shape[1]);
      double[] values = new double[count];
      Arrays.setAll(values, k -> 7 * Math.pow(0.85, k % 20));
      double norm = Math.sqrt(dot(values, values));
      float[] found = matrix(left, values, right, 0);
      way.maker().make(shape[0], shape[1]).orthogonalise(found, (float) (1 / norm));

      double[] ones = Arrays.stream(values).map(value -> polynomial(value / norm)).toArray();
      float[] expected = matrix(left, ones, right, 0);
      double differences = 0;
      double numbers = 0;
      for (int i = 0; i < expected.length; i++) {
        differences += Math.pow(found[i] - expected[i], 2);
        numbers += Math.pow(expected[i], 2);
      }
      assertThat(Math.sqrt(differences / numbers))
          .as("%d × %d", shape[0], shape[1])
          .isLessThan(way.tolerance());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void singularValuesOfAHundredthComeNearOneToo(Way way) {
    float[] diagonal = {1, 0, 0, 0, 0.1f, 0, 0, 0, 0.01f};
    way.maker().make(3, 3).orthogonalise(diagonal, 0.99f);
    for (int i = 0; i < 3; i++) {
      assertThat(diagonal[4 * i]).isBetween(0.6f, 1.3f);
    }
  }

  /** They share memory for what lies between. */
  @ParameterizedTest
  @MethodSource("ways")
  void thoseOfOneMakerDoNotDisturbEachOther(Way way) {
    NewtonSchulz.Maker maker = way.maker();
    NewtonSchulz small = maker.make(5, 9);
    float[] first = gaussians(45);
    float[] again = first.clone();
    small.orthogonalise(first, 0.1f);
    NewtonSchulz large = maker.make(300, 70);
    large.orthogonalise(gaussians(21_000), 0.005f);
    small.orthogonalise(again, 0.1f);
    assertThat(again).containsExactly(first);
  }

  private static float[] gaussians(int count) {
    Random random = new Random(5);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("ways")
  void whatLiesBehindTheMatrixStays(Way way) {
    float[] values = {3, 4, 9, 11};
    way.maker().make(1, 2).orthogonalise(values, 0.2f);
    assertThat(values[2]).isEqualTo(9);
    assertThat(values[3]).isEqualTo(11);
    assertThat(values[1] / values[0]).isCloseTo(4f / 3, within(0.02f));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isTheSameEachTime(Way way) {
    NewtonSchulz one = way.maker().make(20, 30);
    float[] first = gaussians(600);
    float[] second = first.clone();
    one.orthogonalise(first, 0.04f);
    one.orthogonalise(second, 0.04f);
    assertThat(second).containsExactly(first);
  }
}
