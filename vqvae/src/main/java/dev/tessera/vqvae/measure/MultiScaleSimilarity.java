package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.picture.Rgb;

/**
 * The multi-scale structural similarity index (Wang, Simoncelli, Bovik, Asilomar 2003, equation 7)
 * with the paper's weights; each scale has the means of two by two pixels of the one before. Only
 * scales whose shorter side has at least the 11 pixels of the window are used, and the weights of
 * those are divided by their sum: 1 scale below 22 pixels, 2 below 44, 3 below 88, 4 below 176, and
 * the paper's 5 from there on. Figures of unlike sizes cannot be compared, then. Mean contrasts
 * below 0 count as 0. Averaged over the three channels of RGB.
 */
public final class MultiScaleSimilarity {
  private static final double[] WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  private static final int CHANNELS = 3;

  private MultiScaleSimilarity() {}

  /** Of two pictures of one size: 0 to 1, which is for equal ones. */
  public static double of(Rgb original, Rgb reconstruction) {
    Plane.requireEqualSize(original, reconstruction);
    double sum = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      sum += of(Plane.channel(original, channel), Plane.channel(reconstruction, channel));
    }
    return sum / CHANNELS;
  }

  /** How many scales pictures of a size have. */
  static int scales(int height, int width) {
    int scales = 1;
    int side = Math.min(height, width) / 2;
    while (scales < WEIGHTS.length && side >= StructuralSimilarity.WINDOW) {
      scales++;
      side /= 2;
    }
    return scales;
  }

  private static double of(Plane original, Plane reconstruction) {
    int scales = scales(original.height(), original.width());
    double weights = 0;
    for (int scale = 0; scale < scales; scale++) {
      weights += WEIGHTS[scale];
    }
    Plane a = original;
    Plane b = reconstruction;
    double product = 1;
    for (int scale = 0; scale < scales; scale++) {
      StructuralSimilarity.Similarity similarity = StructuralSimilarity.of(a, b);
      // Luminance counts at the last scale alone.
      double term = scale == scales - 1 ? similarity.whole() : similarity.contrast();
      product *= Math.pow(Math.max(0, term), WEIGHTS[scale] / weights);
      a = a.halved();
      b = b.halved();
    }
    return product;
  }
}
