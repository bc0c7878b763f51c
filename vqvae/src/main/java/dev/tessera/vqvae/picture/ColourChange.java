package dev.tessera.vqvae.picture;

/**
 * Changes the colours of pixels in place: H × W × 3 bytes. Uses strict mathematics, so that every
 * machine gets the same bytes.
 */
final class ColourChange {
  private static final double THIRD = 1.0 / 3;

  /** Weights of red, green and blue in the lightness of a colour (ITU-R BT.601). */
  private static final double RED = 0.299;

  private static final double GREEN = 0.587;
  private static final double BLUE = 0.114;

  private ColourChange() {}

  /** Rotates every colour around the axis from black to white; greys stay as they are. */
  static void turnHue(byte[] rgb, double angle) {
    double cosine = StrictMath.cos(angle);
    double sine = StrictMath.sin(angle);
    double straight = cosine + (1 - cosine) * THIRD;
    double less = (1 - cosine) * THIRD - StrictMath.sqrt(THIRD) * sine;
    double more = (1 - cosine) * THIRD + StrictMath.sqrt(THIRD) * sine;
    for (int i = 0; i < rgb.length; i += 3) {
      int r = rgb[i] & 0xFF;
      int g = rgb[i + 1] & 0xFF;
      int b = rgb[i + 2] & 0xFF;
      rgb[i] = clamped(straight * r + less * g + more * b);
      rgb[i + 1] = clamped(more * r + straight * g + less * b);
      rgb[i + 2] = clamped(less * r + more * g + straight * b);
    }
  }

  /**
   * Multiplies, each by a factor of 0 or more: every value; the distance of every value from the
   * picture's mean lightness; the distance of every value from the lightness of its pixel.
   */
  static void scale(byte[] rgb, double brightness, double contrast, double saturation) {
    double sum = 0;
    for (int i = 0; i < rgb.length; i += 3) {
      sum += lightness(rgb, i);
    }
    double mean = brightness * sum / (rgb.length / 3.0);
    for (int i = 0; i < rgb.length; i += 3) {
      double grey = brightness * lightness(rgb, i);
      for (int c = i; c < i + 3; c++) {
        double value = grey + (brightness * (rgb[c] & 0xFF) - grey) * saturation;
        rgb[c] = clamped(mean + (value - mean) * contrast);
      }
    }
  }

  private static double lightness(byte[] rgb, int i) {
    return RED * (rgb[i] & 0xFF) + GREEN * (rgb[i + 1] & 0xFF) + BLUE * (rgb[i + 2] & 0xFF);
  }

  private static byte clamped(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }
}
