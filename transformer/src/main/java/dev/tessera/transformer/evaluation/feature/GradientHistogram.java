package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;

/**
 * Where a picture has edges and which way they run: histograms of oriented gradients (Dalal and
 * Triggs, CVPR 2005, section 6), over luma in a grid of 4 × 4 cells with nine unsigned
 * orientations, normalised in overlapping blocks of 2 × 2 cells with clipping at 0.2.
 */
final class GradientHistogram {
  private static final int CELLS = 4;
  private static final int BINS = 9;
  private static final int BLOCKS = CELLS - 1;
  private static final int BLOCK_SIZE = 4 * BINS;

  static final int SIZE = BLOCKS * BLOCKS * BLOCK_SIZE;

  /** Gradients below this, as shares of white per pixel, hardly count: noise on plain grounds. */
  private static final double CONTRAST_FLOOR = 0.002;

  private static final double CLIP = 0.2;
  private static final double WHITE = 255;

  private GradientHistogram() {}

  /** {@value #SIZE} numbers of 0 to 1. */
  static double[] of(Rgb picture) {
    double[][] cells = cells(picture);
    double[] features = new double[SIZE];
    for (int row = 0; row < BLOCKS; row++) {
      for (int column = 0; column < BLOCKS; column++) {
        int at = (row * BLOCKS + column) * BLOCK_SIZE;
        for (int cell = 0; cell < 4; cell++) {
          int from = (row + cell / 2) * CELLS + column + cell % 2;
          System.arraycopy(cells[from], 0, features, at + cell * BINS, BINS);
        }
        normalise(features, at, CONTRAST_FLOOR);
        for (int i = at; i < at + BLOCK_SIZE; i++) {
          features[i] = Math.min(CLIP, features[i]);
        }
        normalise(features, at, CONTRAST_FLOOR);
      }
    }
    return features;
  }

  /** For each cell the mean gradient per orientation; a gradient falls between two of them. */
  private static double[][] cells(Rgb picture) {
    int height = picture.height();
    int width = picture.width();
    double[] luma = luma(picture);
    double[][] cells = new double[CELLS * CELLS][BINS];
    int[] pixels = new int[CELLS * CELLS];
    for (int y = 0; y < height; y++) {
      int above = Math.max(0, y - 1) * width;
      int below = Math.min(height - 1, y + 1) * width;
      for (int x = 0; x < width; x++) {
        double dx =
            luma[y * width + Math.min(width - 1, x + 1)] - luma[y * width + Math.max(0, x - 1)];
        double dy = luma[below + x] - luma[above + x];
        int cell = y * CELLS / height * CELLS + x * CELLS / width;
        pixels[cell]++;
        double size = Math.hypot(dx, dy);
        double angle = Math.atan2(dy, dx);
        double place = (angle < 0 ? angle + Math.PI : angle) / Math.PI * BINS - 0.5;
        int lower = (int) Math.floor(place);
        double share = place - lower;
        cells[cell][Math.floorMod(lower, BINS)] += size * (1 - share);
        cells[cell][Math.floorMod(lower + 1, BINS)] += size * share;
      }
    }
    for (int cell = 0; cell < cells.length; cell++) {
      for (int bin = 0; bin < BINS; bin++) {
        cells[cell][bin] /= Math.max(1, pixels[cell]);
      }
    }
    return cells;
  }

  /** The brightness of each pixel, 0 to 1. */
  static double[] luma(Rgb picture) {
    byte[] rgb = picture.pixels();
    double[] luma = new double[rgb.length / 3];
    for (int i = 0; i < luma.length; i++) {
      int red = rgb[3 * i] & 0xFF;
      int green = rgb[3 * i + 1] & 0xFF;
      int blue = rgb[3 * i + 2] & 0xFF;
      luma[i] = (0.299 * red + 0.587 * green + 0.114 * blue) / WHITE;
    }
    return luma;
  }

  private static void normalise(double[] features, int from, double floor) {
    double squares = floor * floor;
    for (int i = from; i < from + BLOCK_SIZE; i++) {
      squares += features[i] * features[i];
    }
    double norm = Math.sqrt(squares);
    for (int i = from; i < from + BLOCK_SIZE; i++) {
      features[i] /= norm;
    }
  }
}
