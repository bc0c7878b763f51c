package dev.tessera.transformer.evaluation.feature;

import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.la.DenseVector;

/**
 * The spectrum of a symmetric matrix, by Tribuo.
 *
 * @param values eigenvalues, the largest first
 * @param vectors [i] is the eigenvector of length 1 of values[i]
 */
public record SymmetricMatrix(double[] values, double[][] vectors) {

  /**
   * Decomposes a matrix.
   *
   * @param matrix [n][n], symmetric and finite
   * @throws IllegalArgumentException if it has no decomposition
   */
  public static SymmetricMatrix of(double[][] matrix) {
    DenseMatrix.EigenDecomposition decomposition =
        DenseMatrix.createDenseMatrix(matrix)
            .eigenDecomposition()
            .orElseThrow(
                () -> new IllegalArgumentException("the matrix is not symmetric, or not finite"));
    DenseVector eigenvalues = decomposition.eigenvalues();
    int n = matrix.length;
    double[] values = new double[n];
    double[][] vectors = new double[n][];
    for (int i = 0; i < n; i++) {
      values[i] = eigenvalues.get(i);
      vectors[i] = decomposition.getEigenVector(i).toArray();
    }
    return new SymmetricMatrix(values, vectors);
  }

  /** The symmetric matrix with the square roots of the eigenvalues; negative ones count as 0. */
  public double[][] squareRoot() {
    int n = values.length;
    double[][] root = new double[n][n];
    for (int i = 0; i < n; i++) {
      double factor = Math.sqrt(Math.max(0, values[i]));
      for (int row = 0; row < n; row++) {
        double scaled = factor * vectors[i][row];
        for (int column = 0; column < n; column++) {
          root[row][column] += scaled * vectors[i][column];
        }
      }
    }
    return root;
  }
}
