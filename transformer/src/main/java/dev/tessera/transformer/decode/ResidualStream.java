package dev.tessera.transformer.decode;

import dev.tessera.transformer.decode.TransformerWeights.Norm;
import org.jspecify.annotations.Nullable;

/**
 * What each layer adds to and reads through a layer normalisation, a row for each row of a pass.
 * Sums are in double precision and in a fixed order.
 */
final class ResidualStream {
  private static final double EPSILON = 1e-5;

  private final float[][] x;
  private final float[] added;

  ResidualStream(int rows, int width) {
    x = new float[rows][width];
    added = new float[width];
  }

  /** A row, [D]. */
  float[] row(int row) {
    return x[row];
  }

  /**
   * Adds to a row.
   *
   * @param result [D]
   * @param norm of what is added; null if it is added as it is
   */
  void add(int row, float[] result, @Nullable Norm norm) {
    float[] y = x[row];
    if (norm == null) {
      for (int j = 0; j < y.length; j++) {
        y[j] += result[j];
      }
    } else {
      normalise(norm, result, added);
      add(row, added, null);
    }
  }

  /** A row through a norm, into [D]. */
  void read(int row, Norm norm, float[] target) {
    normalise(norm, x[row], target);
  }

  private static void normalise(Norm norm, float[] in, float[] out) {
    float mean = (float) (Logits.sum(in, 0, in.length) / in.length);
    for (int j = 0; j < out.length; j++) {
      out[j] = in[j] - mean;
    }
    double variance = sumOfSquares(out) / out.length;
    float factor = (float) (1 / Math.sqrt(variance + EPSILON));
    float[] scale = norm.scale();
    float[] bias = norm.bias();
    for (int j = 0; j < out.length; j++) {
      out[j] = out[j] * factor * scale[j] + bias[j];
    }
  }

  /** Four sums side by side, because the additions of one would wait for each other. */
  private static double sumOfSquares(float[] values) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int j = 0;
    for (; j + 3 < values.length; j += 4) {
      sum0 += (double) values[j] * values[j];
      sum1 += (double) values[j + 1] * values[j + 1];
      sum2 += (double) values[j + 2] * values[j + 2];
      sum3 += (double) values[j + 3] * values[j + 3];
    }
    for (; j < values.length; j++) {
      sum0 += (double) values[j] * values[j];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }
}
