package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.picture.Rgb;

/**
 * How far colours are apart for the eye: the distance in CIE L*a*b* (ΔE of 1976, ISO/CIE 11664-4),
 * averaged over the pixels. Bytes are taken as sRGB (IEC 61966-2-1), white as its D65. About 2.3 is
 * the least that is noticed; black and white are 100 apart.
 */
public final class ColourError {
  private static final int LEVELS = 256;
  private static final double[] LINEAR = linear();
  private static final double WHITE_X = 0.4124 + 0.3576 + 0.1805;
  private static final double WHITE_Z = 0.0193 + 0.1192 + 0.9505;
  private static final double KNEE = 6.0 / 29;

  private ColourError() {}

  /** Of two pictures of one size, at least 0. */
  public static double of(Rgb original, Rgb reconstruction) {
    Plane.requireEqualSize(original, reconstruction);
    double sum = 0;
    for (int row = 0; row < original.height(); row++) {
      for (int column = 0; column < original.width(); column++) {
        sum += difference(original.colour(row, column), reconstruction.colour(row, column));
      }
    }
    return sum / ((double) original.height() * original.width());
  }

  private static double difference(int a, int b) {
    if (a == b) {
      return 0;
    }
    double[] first = lab(a);
    double[] second = lab(b);
    double squares = 0;
    for (int i = 0; i < first.length; i++) {
      squares += (first[i] - second[i]) * (first[i] - second[i]);
    }
    return Math.sqrt(squares);
  }

  /** L*, a*, b* of 0xRRGGBB. */
  static double[] lab(int colour) {
    double red = LINEAR[colour >> 16 & 0xFF];
    double green = LINEAR[colour >> 8 & 0xFF];
    double blue = LINEAR[colour & 0xFF];
    double x = compressed((0.4124 * red + 0.3576 * green + 0.1805 * blue) / WHITE_X);
    double y = compressed(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    double z = compressed((0.0193 * red + 0.1192 * green + 0.9505 * blue) / WHITE_Z);
    return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
  }

  private static double compressed(double value) {
    return value > KNEE * KNEE * KNEE ? Math.cbrt(value) : value / (3 * KNEE * KNEE) + 4.0 / 29;
  }

  private static double[] linear() {
    double[] values = new double[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      double share = level / (LEVELS - 1.0);
      values[level] = share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }
    return values;
  }
}
