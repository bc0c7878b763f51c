package dev.tessera.transformer.evaluation.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A linear map of descriptors into fewer numbers, learned from pictures in closed form: the same
 * pictures give the same map.
 *
 * @param mean [D], subtracted first
 * @param directions [d][D]
 */
public record LinearProjection(double[] mean, double[][] directions) {
  /** What the spread within classes is mixed with, as a share of its mean over the directions. */
  static final double RIDGE = 0.2;

  /** Keeps the spread above zero where the members of each class are equal. */
  private static final double FLOOR = 1e-9;

  /** The image of a descriptor: d numbers. */
  public double[] apply(double[] descriptor) {
    double[] image = new double[directions.length];
    for (int i = 0; i < image.length; i++) {
      double sum = 0;
      for (int j = 0; j < mean.length; j++) {
        sum += directions[i][j] * (descriptor[j] - mean[j]);
      }
      image[i] = sum;
    }
    return image;
  }

  /**
   * The directions in which descriptors differ most (principal component analysis).
   *
   * @param descriptors [any, at least 1][D]
   * @param most directions at most
   */
  static LinearProjection principal(double[][] descriptors, int most) {
    Moments moments = Moments.of(descriptors);
    SymmetricMatrix spectrum = SymmetricMatrix.of(moments.covariance());
    int count = Math.min(most, spectrum.values().length);
    return new LinearProjection(moments.mean(), Arrays.copyOf(spectrum.vectors(), count));
  }

  /**
   * The directions in which classes differ most, in units of how much the members of a class do
   * (linear discriminant analysis; Rao 1948, with the spread within classes drawn towards a sphere
   * as in Friedman 1989): what tells concepts apart stays, what tells styles apart goes.
   *
   * @param descriptors [any][D]
   * @param classes number of the class of each, from 0 on without gaps; one class at least has two
   * @param most directions at most; there are never as many as classes
   */
  static LinearProjection discriminant(double[][] descriptors, int[] classes, int most) {
    int size = descriptors[0].length;
    Moments all = Moments.of(descriptors);
    double[][] centres = centres(descriptors, classes);
    double[][] residuals = new double[descriptors.length][size];
    double[][] between = new double[descriptors.length][];
    for (int i = 0; i < descriptors.length; i++) {
      between[i] = centres[classes[i]];
      for (int j = 0; j < size; j++) {
        residuals[i][j] = descriptors[i][j] - between[i][j];
      }
    }
    double[][] whitening = whitening(Moments.of(residuals).covariance());
    double[][] spread = Moments.of(between).covariance();
    SymmetricMatrix spectrum =
        SymmetricMatrix.of(symmetric(product(product(whitening, spread), whitening)));
    int count = Math.min(most, Math.min(size, centres.length - 1));
    return new LinearProjection(
        all.mean(), product(Arrays.copyOf(spectrum.vectors(), Math.max(1, count)), whitening));
  }

  /** The mean descriptor of each class. */
  private static double[][] centres(double[][] descriptors, int[] classes) {
    Map<Integer, List<double[]>> members = new LinkedHashMap<>();
    for (int i = 0; i < descriptors.length; i++) {
      members.computeIfAbsent(classes[i], name -> new ArrayList<>()).add(descriptors[i]);
    }
    double[][] centres = new double[members.size()][descriptors[0].length];
    members.forEach(
        (number, rows) -> {
          for (double[] row : rows) {
            for (int j = 0; j < row.length; j++) {
              centres[number][j] += row[j] / rows.size();
            }
          }
        });
    return centres;
  }

  /** The symmetric matrix that makes vectors of this covariance, and some ridge, spread evenly. */
  private static double[][] whitening(double[][] covariance) {
    int size = covariance.length;
    double trace = 0;
    for (int i = 0; i < size; i++) {
      trace += covariance[i][i];
    }
    double ridge = RIDGE * trace / size + FLOOR;
    SymmetricMatrix spectrum = SymmetricMatrix.of(covariance);
    double[] inverse = new double[size];
    for (int i = 0; i < size; i++) {
      inverse[i] = 1 / (Math.max(0, spectrum.values()[i]) + ridge);
    }
    return new SymmetricMatrix(inverse, spectrum.vectors()).squareRoot();
  }

  private static double[][] product(double[][] left, double[][] right) {
    int columns = right[0].length;
    double[][] product = new double[left.length][columns];
    for (int i = 0; i < left.length; i++) {
      for (int k = 0; k < right.length; k++) {
        double factor = left[i][k];
        for (int j = 0; j < columns; j++) {
          product[i][j] += factor * right[k][j];
        }
      }
    }
    return product;
  }

  /** Without the rounding that made mirrored entries differ. */
  private static double[][] symmetric(double[][] matrix) {
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < i; j++) {
        double mean = (matrix[i][j] + matrix[j][i]) / 2;
        matrix[i][j] = mean;
        matrix[j][i] = mean;
      }
    }
    return matrix;
  }
}
