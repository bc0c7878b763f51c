package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;

/** A picture as means over the cells of a small grid: what is left when all detail is gone. */
public final class AreaAverage {
  private static final int CHANNELS = 3;
  private static final double WHITE = 255;

  private AreaAverage() {}

  /**
   * Means over cells.
   *
   * @param cells along each side; a picture with fewer pixels than cells repeats them
   * @return cells × cells × 3, row-major, 0 to 1
   */
  public static double[] of(Rgb picture, int cells) {
    double[] means = new double[cells * cells * CHANNELS];
    for (int row = 0; row < cells; row++) {
      int top = row * picture.height() / cells;
      int bottom = Math.max(top + 1, (row + 1) * picture.height() / cells);
      for (int column = 0; column < cells; column++) {
        int left = column * picture.width() / cells;
        int right = Math.max(left + 1, (column + 1) * picture.width() / cells);
        int at = (row * cells + column) * CHANNELS;
        for (int channel = 0; channel < CHANNELS; channel++) {
          long sum = 0;
          for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
              sum += picture.pixels()[(y * picture.width() + x) * CHANNELS + channel] & 0xFF;
            }
          }
          means[at + channel] = sum / (WHITE * (bottom - top) * (right - left));
        }
      }
    }
    return means;
  }
}
