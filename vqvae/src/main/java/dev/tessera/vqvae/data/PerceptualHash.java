package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.Rgb;

/**
 * What a picture looks like from afar.
 *
 * <p>The hash (dHash, "difference hash"): the picture's lightness is averaged down to 8 rows of 9
 * cells; bit 8·row + column is set if the next cell is lighter by more than 2 of 255. Scaling and
 * compression change few of the 64 bits.
 *
 * <p>The thumbnail: 8 × 8 cells of averaged red, green and blue.
 */
final class PerceptualHash {
  /** Bytes of a thumbnail. */
  static final int THUMBNAIL = 8 * 8 * 3;

  private static final int SIDE = 8;
  private static final double STEP = 2;

  private PerceptualHash() {}

  static long of(Rgb picture) {
    double[] cells = averages(picture, SIDE, SIDE + 1);
    long hash = 0;
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        int cell = row * (SIDE + 1) + column;
        if (lightness(cells, cell + 1) - lightness(cells, cell) > STEP) {
          hash |= 1L << (row * SIDE + column);
        }
      }
    }
    return hash;
  }

  private static double lightness(double[] cells, int cell) {
    return 0.299 * cells[3 * cell] + 0.587 * cells[3 * cell + 1] + 0.114 * cells[3 * cell + 2];
  }

  static byte[] thumbnail(Rgb picture) {
    double[] cells = averages(picture, SIDE, SIDE);
    byte[] bytes = new byte[THUMBNAIL];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(cells[i]);
    }
    return bytes;
  }

  /** Mean difference of the bytes of two thumbnails, 0 to 255. */
  static double difference(byte[] one, byte[] other) {
    int sum = 0;
    for (int i = 0; i < THUMBNAIL; i++) {
      sum += Math.abs((one[i] & 0xFF) - (other[i] & 0xFF));
    }
    return (double) sum / THUMBNAIL;
  }

  /** Means over cells; a pixel belongs to the cell that its centre is in. */
  private static double[] averages(Rgb picture, int rows, int columns) {
    double[] sums = new double[rows * columns * 3];
    int[] counts = new int[rows * columns];
    byte[] pixels = picture.pixels();
    for (int y = 0, at = 0; y < picture.height(); y++) {
      int row = (2 * y + 1) * rows / (2 * picture.height());
      for (int x = 0; x < picture.width(); x++) {
        int cell = row * columns + (2 * x + 1) * columns / (2 * picture.width());
        counts[cell]++;
        for (int c = 0; c < 3; c++, at++) {
          sums[3 * cell + c] += pixels[at] & 0xFF;
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      // Only a picture of 8 columns leaves cells empty, and there each takes its left neighbour.
      sums[i] = counts[i / 3] == 0 ? (i < 3 ? 0 : sums[i - 3]) : sums[i] / counts[i / 3];
    }
    return sums;
  }
}
