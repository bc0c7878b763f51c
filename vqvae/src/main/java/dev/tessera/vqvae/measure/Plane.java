package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.picture.Rgb;

/**
 * One number for each pixel.
 *
 * @param height rows
 * @param width columns
 * @param values height × width, row-major; not copied
 */
record Plane(int height, int width, double[] values) {
  private static final int CHANNELS = 3;

  /** The levels of a channel, 0 to 255. */
  static Plane channel(Rgb picture, int channel) {
    byte[] pixels = picture.pixels();
    double[] values = new double[pixels.length / CHANNELS];
    for (int i = 0; i < values.length; i++) {
      values[i] = pixels[i * CHANNELS + channel] & 0xFF;
    }
    return new Plane(picture.height(), picture.width(), values);
  }

  /** Brightness by the weights of ITU-R BT.601, 0 to 255. */
  static Plane luma(Rgb picture) {
    byte[] pixels = picture.pixels();
    double[] values = new double[pixels.length / CHANNELS];
    for (int i = 0; i < values.length; i++) {
      int at = i * CHANNELS;
      values[i] =
          0.299 * (pixels[at] & 0xFF)
              + 0.587 * (pixels[at + 1] & 0xFF)
              + 0.114 * (pixels[at + 2] & 0xFF);
    }
    return new Plane(picture.height(), picture.width(), values);
  }

  /** Fails unless two pictures are of one size. */
  static void requireEqualSize(Rgb a, Rgb b) {
    if (a.height() != b.height() || a.width() != b.width()) {
      throw new IllegalArgumentException(
          String.format(
              "pictures have %d×%d and %d×%d pixels, but must be of one size",
              a.height(), a.width(), b.height(), b.width()));
    }
  }

  /** Products, pixel by pixel. */
  Plane times(Plane other) {
    double[] products = new double[values.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = values[i] * other.values[i];
    }
    return new Plane(height, width, products);
  }

  /** Means of two by two pixels; a last odd row or column is left out. */
  Plane halved() {
    double[] means = new double[(height / 2) * (width / 2)];
    for (int y = 0; y < height / 2; y++) {
      for (int x = 0; x < width / 2; x++) {
        int at = 2 * y * width + 2 * x;
        double sum = values[at] + values[at + 1] + values[at + width] + values[at + width + 1];
        means[y * (width / 2) + x] = sum / 4;
      }
    }
    return new Plane(height / 2, width / 2, means);
  }

  /**
   * Weighted sums over windows that lie wholly inside: H − n + 1 rows, W − n + 1 columns.
   *
   * @param weights n of them, along either side
   */
  Plane windows(double[] weights) {
    int columns = width - weights.length + 1;
    int rows = height - weights.length + 1;
    double[] across = new double[height * columns];
    for (int y = 0; y < height; y++) {
      for (int k = 0; k < weights.length; k++) {
        for (int x = 0; x < columns; x++) {
          across[y * columns + x] += weights[k] * values[y * width + x + k];
        }
      }
    }
    double[] sums = new double[rows * columns];
    for (int y = 0; y < rows; y++) {
      for (int k = 0; k < weights.length; k++) {
        for (int x = 0; x < columns; x++) {
          sums[y * columns + x] += weights[k] * across[(y + k) * columns + x];
        }
      }
    }
    return new Plane(rows, columns, sums);
  }
}
