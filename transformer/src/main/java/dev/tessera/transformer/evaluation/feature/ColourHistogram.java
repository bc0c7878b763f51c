package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;

/**
 * Which colours a picture has: a histogram over RGB, the square root of each share, so that
 * Euclidean distances of histograms are Hellinger's.
 */
final class ColourHistogram {
  private static final int VALUES = 256;

  private ColourHistogram() {}

  /**
   * The histogram of a picture.
   *
   * @param levels bins along each of red, green and blue, a power of 2
   * @return levels³ numbers whose squares sum to 1
   */
  static double[] of(Rgb picture, int levels) {
    double[] histogram = new double[levels * levels * levels];
    int width = VALUES / levels;
    byte[] pixels = picture.pixels();
    for (int at = 0; at < pixels.length; at += 3) {
      int red = (pixels[at] & 0xFF) / width;
      int green = (pixels[at + 1] & 0xFF) / width;
      int blue = (pixels[at + 2] & 0xFF) / width;
      histogram[(red * levels + green) * levels + blue]++;
    }
    double count = pixels.length / 3.0;
    for (int bin = 0; bin < histogram.length; bin++) {
      histogram[bin] = Math.sqrt(histogram[bin] / count);
    }
    return histogram;
  }
}
