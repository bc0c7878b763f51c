package dev.tessera.transformer.evaluation.feature;

/**
 * Mean and covariance of vectors.
 *
 * @param mean [D]
 * @param covariance [D][D], divided by the number of vectors
 */
public record Moments(double[] mean, double[][] covariance) {

  /**
   * The moments of vectors.
   *
   * @param rows [any, at least 1][D]
   */
  public static Moments of(double[][] rows) {
    int size = rows[0].length;
    double[] mean = new double[size];
    for (double[] row : rows) {
      for (int i = 0; i < size; i++) {
        mean[i] += row[i] / rows.length;
      }
    }
    double[][] covariance = new double[size][size];
    double[] centred = new double[size];
    for (double[] row : rows) {
      for (int i = 0; i < size; i++) {
        centred[i] = row[i] - mean[i];
      }
      for (int i = 0; i < size; i++) {
        double factor = centred[i] / rows.length;
        double[] into = covariance[i];
        for (int j = 0; j <= i; j++) {
          into[j] += factor * centred[j];
        }
      }
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        covariance[j][i] = covariance[i][j];
      }
    }
    return new Moments(mean, covariance);
  }
}
