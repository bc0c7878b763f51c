package dev.tessera.transformer.evaluation.measure;

import dev.tessera.transformer.evaluation.feature.Moments;
import dev.tessera.transformer.evaluation.feature.SymmetricMatrix;

/**
 * How far sets of feature vectors lie from a reference set, as if all were normally distributed
 * (Fréchet distance; Dowson and Landau 1982; the FID of Heusel et al. 2017, section 3, in whichever
 * feature space the vectors are): |m − r|² + tr(C + R − 2 (R^½ C R^½)^½). It grows as a set gets
 * smaller, so only sets of one size compare.
 */
public final class FrechetDistance {
  private final Moments reference;
  private final double[][] root;

  /**
   * @param reference [any, at least 2][d]
   */
  public FrechetDistance(double[][] reference) {
    this.reference = Moments.of(reference);
    this.root = SymmetricMatrix.of(this.reference.covariance()).squareRoot();
  }

  /**
   * The distance of a set.
   *
   * @param set [any, at least 2][d]
   * @return 0 or more
   */
  public double of(double[][] set) {
    Moments moments = Moments.of(set);
    int size = root.length;
    double distance = 0;
    for (int i = 0; i < size; i++) {
      double difference = moments.mean()[i] - reference.mean()[i];
      distance +=
          difference * difference + moments.covariance()[i][i] + reference.covariance()[i][i];
    }
    double[][] half = new double[size][size];
    double[][] product = new double[size][size];
    multiply(root, moments.covariance(), half);
    multiply(half, root, product);
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        double mean = (product[i][j] + product[j][i]) / 2;
        product[i][j] = mean;
        product[j][i] = mean;
      }
    }
    for (double value : SymmetricMatrix.of(product).values()) {
      distance -= 2 * Math.sqrt(Math.max(0, value));
    }
    return Math.max(0, distance);
  }

  private static void multiply(double[][] left, double[][] right, double[][] product) {
    for (int i = 0; i < left.length; i++) {
      for (int k = 0; k < right.length; k++) {
        double factor = left[i][k];
        for (int j = 0; j < right[k].length; j++) {
          product[i][j] += factor * right[k][j];
        }
      }
    }
  }
}
