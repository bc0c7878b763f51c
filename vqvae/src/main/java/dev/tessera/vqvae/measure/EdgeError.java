package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.picture.Rgb;

/**
 * How wrong edges are: the mean absolute difference of the Sobel magnitudes of both pictures'
 * brightness (ITU-R BT.601). The Sobel sums are divided by 8, so that a magnitude is the slope in
 * levels of 0 to 255 per pixel; pixels beyond the border repeat those at it. What is blurred, and
 * edges that are not in the original, make it larger; a shift of all levels does not.
 */
public final class EdgeError {
  private static final double SCALE = 8;

  private EdgeError() {}

  /** Of two pictures of one size, at least 0. */
  public static double of(Rgb original, Rgb reconstruction) {
    Plane.requireEqualSize(original, reconstruction);
    Plane a = magnitudes(Plane.luma(original));
    Plane b = magnitudes(Plane.luma(reconstruction));
    double sum = 0;
    for (int i = 0; i < a.values().length; i++) {
      sum += Math.abs(a.values()[i] - b.values()[i]);
    }
    return sum / a.values().length;
  }

  static Plane magnitudes(Plane luma) {
    int height = luma.height();
    int width = luma.width();
    double[] values = luma.values();
    double[] magnitudes = new double[values.length];
    for (int y = 0; y < height; y++) {
      int above = Math.max(0, y - 1) * width;
      int here = y * width;
      int below = Math.min(height - 1, y + 1) * width;
      for (int x = 0; x < width; x++) {
        int left = Math.max(0, x - 1);
        int right = Math.min(width - 1, x + 1);
        double across =
            values[above + right]
                + 2 * values[here + right]
                + values[below + right]
                - values[above + left]
                - 2 * values[here + left]
                - values[below + left];
        double down =
            values[below + left]
                + 2 * values[below + x]
                + values[below + right]
                - values[above + left]
                - 2 * values[above + x]
                - values[above + right];
        magnitudes[here + x] = Math.hypot(across, down) / SCALE;
      }
    }
    return new Plane(height, width, magnitudes);
  }
}
