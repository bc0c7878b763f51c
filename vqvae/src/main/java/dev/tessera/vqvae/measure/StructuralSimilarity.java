package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.picture.Rgb;

/**
 * The structural similarity index (Wang et al., IEEE Transactions on Image Processing 13(4), 2004):
 * means, variances and covariance under a Gaussian window of 11×11 pixels and σ = 1.5, over all
 * windows that lie wholly inside; K₁ = 0.01, K₂ = 0.03, L = 255. It is computed on each of the
 * three channels of RGB and averaged over them, so that a tint counts. Where a side has fewer than
 * 11 pixels, the window has as many as the shorter side.
 */
public final class StructuralSimilarity {
  static final int WINDOW = 11;

  private static final double SIGMA = 1.5;
  private static final double LEVELS = 255;
  private static final double LUMINANCE_FLOOR = 0.01 * LEVELS * 0.01 * LEVELS;
  private static final double CONTRAST_FLOOR = 0.03 * LEVELS * 0.03 * LEVELS;
  private static final int CHANNELS = 3;

  private StructuralSimilarity() {}

  /**
   * Means over the windows of a pair of planes.
   *
   * @param whole luminance × contrast × structure: the index
   * @param contrast contrast × structure alone
   */
  record Similarity(double whole, double contrast) {}

  /** Of two pictures of one size: −1 to 1, which is for equal ones. */
  public static double of(Rgb original, Rgb reconstruction) {
    Plane.requireEqualSize(original, reconstruction);
    double sum = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      sum += of(Plane.channel(original, channel), Plane.channel(reconstruction, channel)).whole();
    }
    return sum / CHANNELS;
  }

  static Similarity of(Plane a, Plane b) {
    double[] weights = weights(Math.min(WINDOW, Math.min(a.height(), a.width())));
    double[] meansA = a.windows(weights).values();
    double[] meansB = b.windows(weights).values();
    double[] squaresA = a.times(a).windows(weights).values();
    double[] squaresB = b.times(b).windows(weights).values();
    double[] products = a.times(b).windows(weights).values();
    double whole = 0;
    double contrast = 0;
    for (int i = 0; i < products.length; i++) {
      double meanA = meansA[i];
      double meanB = meansB[i];
      double covariance = products[i] - meanA * meanB;
      double variances = squaresA[i] - meanA * meanA + squaresB[i] - meanB * meanB;
      double luminance =
          (2 * meanA * meanB + LUMINANCE_FLOOR) / (meanA * meanA + meanB * meanB + LUMINANCE_FLOOR);
      double structure = (2 * covariance + CONTRAST_FLOOR) / (variances + CONTRAST_FLOOR);
      whole += luminance * structure;
      contrast += structure;
    }
    return new Similarity(whole / products.length, contrast / products.length);
  }

  /** The Gaussian along one side, with a sum of 1. */
  private static double[] weights(int window) {
    double[] weights = new double[window];
    double sum = 0;
    for (int i = 0; i < window; i++) {
      double distance = i - (window - 1) / 2.0;
      weights[i] = Math.exp(-distance * distance / (2 * SIGMA * SIGMA));
      sum += weights[i];
    }
    for (int i = 0; i < window; i++) {
      weights[i] /= sum;
    }
    return weights;
  }
}
