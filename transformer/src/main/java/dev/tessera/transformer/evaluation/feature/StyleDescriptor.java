package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;

/**
 * How a picture is drawn, whatever it shows, in {@value #SIZE} numbers that nobody trained: its
 * palette (a colour histogram of 8 × 8 × 8 bins), how sharp its edges are (histograms of the size
 * of gradients and of the Laplacian of luma), and how far it reaches (which of 32 rows and columns
 * hold anything but white).
 */
public final class StyleDescriptor {
  private static final int LEVELS = 8;
  private static final int LINES = 32;

  /** Nearly white, of 255. */
  private static final int WHITE = 247;

  private static final double[] GRADIENTS = {0.004, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64};
  private static final double[] CURVATURES = {
    -1, -0.5, -0.25, -0.12, -0.06, -0.03, -0.01, -0.003, 0.003, 0.01, 0.03, 0.06, 0.12, 0.25, 0.5, 1
  };

  /** Numbers of a descriptor. */
  public static final int SIZE =
      LEVELS * LEVELS * LEVELS + GRADIENTS.length + 1 + CURVATURES.length + 1 + 2 * LINES;

  private StyleDescriptor() {}

  /** The descriptor of a picture of any size: {@value #SIZE} numbers of 0 to 1. */
  public static double[] of(Rgb picture) {
    double[] descriptor = new double[SIZE];
    double[] colours = ColourHistogram.of(picture, LEVELS);
    System.arraycopy(colours, 0, descriptor, 0, colours.length);
    int edges = colours.length;
    int curves = edges + GRADIENTS.length + 1;
    double[] luma = GradientHistogram.luma(picture);
    int height = picture.height();
    int width = picture.width();
    double share = 1.0 / (height * width);
    for (int y = 0; y < height; y++) {
      int above = Math.max(0, y - 1) * width;
      int below = Math.min(height - 1, y + 1) * width;
      for (int x = 0; x < width; x++) {
        double left = luma[y * width + Math.max(0, x - 1)];
        double right = luma[y * width + Math.min(width - 1, x + 1)];
        double top = luma[above + x];
        double bottom = luma[below + x];
        double centre = luma[y * width + x];
        descriptor[edges + bin(GRADIENTS, Math.hypot(right - left, bottom - top))] += share;
        descriptor[curves + bin(CURVATURES, 4 * centre - left - right - top - bottom)] += share;
      }
    }
    int reach = curves + CURVATURES.length + 1;
    for (int i = edges; i < reach; i++) {
      descriptor[i] = Math.sqrt(descriptor[i]);
    }
    reach(picture, descriptor, reach);
    return descriptor;
  }

  private static void reach(Rgb picture, double[] descriptor, int at) {
    byte[] pixels = picture.pixels();
    for (int i = 0; i < pixels.length; i++) {
      if ((pixels[i] & 0xFF) < WHITE) {
        int row = i / 3 / picture.width();
        int column = i / 3 % picture.width();
        descriptor[at + row * LINES / picture.height()] = 1;
        descriptor[at + LINES + column * LINES / picture.width()] = 1;
      }
    }
  }

  private static int bin(double[] limits, double value) {
    int bin = 0;
    while (bin < limits.length && value >= limits[bin]) {
      bin++;
    }
    return bin;
  }
}
