package dev.tessera.transformer.decode;

/**
 * y += x · W for a few rows x, W and y as arrays of rows.
 *
 * <p>Every y[j] takes its products in the order of the rows of W, one after the other, however the
 * loops are blocked: neither the number of rows nor the columns asked for change a bit of it. The
 * inner loops run over columns of W, several rows of W at once, with one index for all arrays: the
 * form that HotSpot turns into vector instructions. With more than four or five factors in a loop
 * it no longer does (its LoopUnrollLimit), and the loop is five times slower.
 */
final class MatrixProduct {
  /**
   * Columns at a time: what is read again for the next rows then stays in the first-level cache.
   */
  private static final int COLUMN_BLOCK = 512;

  private static final int ROW_BLOCK = 4;

  private MatrixProduct() {}

  /** Columns {@code from} to {@code to} of y[r] += x[r] · weight, for each r below rows. */
  static void accumulate(float[][] x, int rows, float[][] weight, float[][] y, int from, int to) {
    int count = weight.length;
    int blocked = count - count % ROW_BLOCK;
    for (int start = from; start < to; start += COLUMN_BLOCK) {
      int end = Math.min(to, start + COLUMN_BLOCK);
      for (int i = 0; i < blocked; i += ROW_BLOCK) {
        for (int row = 0; row < rows; row++) {
          addFour(x[row], i, weight, i, y[row], start, end);
        }
      }
      for (int i = blocked; i < count; i++) {
        for (int row = 0; row < rows; row++) {
          addOne(x[row][i], weight[i], y[row], start, end);
        }
      }
    }
  }

  /**
   * Columns {@code from} to {@code to} of y += x[xFrom …] · weight[weightFrom …], over {@code
   * count} rows of weight.
   */
  static void accumulate(
      float[] x,
      int xFrom,
      float[][] weight,
      int weightFrom,
      int count,
      float[] y,
      int from,
      int to) {
    int blocked = count - count % ROW_BLOCK;
    for (int i = 0; i < blocked; i += ROW_BLOCK) {
      addFour(x, xFrom + i, weight, weightFrom + i, y, from, to);
    }
    for (int i = blocked; i < count; i++) {
      addOne(x[xFrom + i], weight[weightFrom + i], y, from, to);
    }
  }

  private static void addFour(
      float[] x, int i, float[][] weight, int first, float[] y, int from, int to) {
    float x0 = x[i];
    float x1 = x[i + 1];
    float x2 = x[i + 2];
    float x3 = x[i + 3];
    float[] w0 = weight[first];
    float[] w1 = weight[first + 1];
    float[] w2 = weight[first + 2];
    float[] w3 = weight[first + 3];
    for (int j = from; j < to; j++) {
      y[j] = y[j] + x0 * w0[j] + x1 * w1[j] + x2 * w2[j] + x3 * w3[j];
    }
  }

  private static void addOne(float x, float[] weight, float[] y, int from, int to) {
    for (int j = from; j < to; j++) {
      y[j] += x * weight[j];
    }
  }
}
