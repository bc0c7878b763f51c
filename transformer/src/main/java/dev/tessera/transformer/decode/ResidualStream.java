package dev.tessera.transformer.decode;

import dev.tessera.transformer.decode.TransformerWeights.Norm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What each layer adds to and reads through a layer normalisation, a row for each row of a pass.
 * Sums have a fixed order; they are eight short ones in single precision, put together in double.
 */
final class ResidualStream {
  private static final double EPSILON = 1e-5;

  private final float[][] x;
  private final float[] added;
  private final float[] ones;

  ResidualStream(int rows, int width) {
    x = new float[rows][width];
    added = new float[width];
    ones = new float[width];
    Arrays.fill(ones, 1);
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

  private void normalise(Norm norm, float[] in, float[] out) {
    float mean = (float) (sumOfProducts(in, ones) / in.length);
    for (int j = 0; j < out.length; j++) {
      out[j] = in[j] - mean;
    }
    double variance = sumOfProducts(out, out) / out.length;
    float factor = (float) (1 / Math.sqrt(variance + EPSILON));
    float[] scale = norm.scale();
    float[] bias = norm.bias();
    for (int j = 0; j < out.length; j++) {
      out[j] = out[j] * factor * scale[j] + bias[j];
    }
  }

  /** Eight sums side by side, because the additions of one would wait for each other. */
  private static double sumOfProducts(float[] a, float[] b) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    float sum4 = 0;
    float sum5 = 0;
    float sum6 = 0;
    float sum7 = 0;
    int j = 0;
    for (; j + 7 < a.length; j += 8) {
      sum0 += a[j] * b[j];
      sum1 += a[j + 1] * b[j + 1];
      sum2 += a[j + 2] * b[j + 2];
      sum3 += a[j + 3] * b[j + 3];
      sum4 += a[j + 4] * b[j + 4];
      sum5 += a[j + 5] * b[j + 5];
      sum6 += a[j + 6] * b[j + 6];
      sum7 += a[j + 7] * b[j + 7];
    }
    for (; j < a.length; j++) {
      sum0 += a[j] * b[j];
    }
    double low = ((double) sum0 + sum1) + ((double) sum2 + sum3);
    double high = ((double) sum4 + sum5) + ((double) sum6 + sum7);
    return low + high;
  }
}
