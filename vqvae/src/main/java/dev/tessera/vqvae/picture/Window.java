package dev.tessera.vqvae.picture;

/** Enlarges a part of a picture to the size of the whole. */
final class Window {
  private Window() {}

  /**
   * Interpolates linearly between the four pixels around each point; beyond the edge pixels'
   * centres their colours go on.
   *
   * @param top row where the part begins, with a fraction
   * @param left column where it begins
   * @param share of the picture's sides that the part has, above 0 to 1
   */
  static Rgb enlarge(Rgb picture, double top, double left, double share) {
    int height = picture.height();
    int width = picture.width();
    byte[] from = picture.pixels();
    byte[] to = new byte[from.length];
    for (int y = 0, at = 0; y < height; y++) {
      double row = inside(top + (y + 0.5) * share - 0.5, height);
      int above = (int) row;
      int below = Math.min(above + 1, height - 1);
      double down = row - above;
      for (int x = 0; x < width; x++) {
        double column = inside(left + (x + 0.5) * share - 0.5, width);
        int before = (int) column;
        int after = Math.min(before + 1, width - 1);
        double across = column - before;
        for (int c = 0; c < 3; c++, at++) {
          double upper = mix(from, above * width + before, above * width + after, c, across);
          double lower = mix(from, below * width + before, below * width + after, c, across);
          to[at] = (byte) Math.round(upper + (lower - upper) * down);
        }
      }
    }
    return new Rgb(height, width, to);
  }

  private static double inside(double place, int size) {
    return Math.max(0, Math.min(size - 1, place));
  }

  private static double mix(byte[] pixels, int one, int other, int channel, double share) {
    int a = pixels[one * 3 + channel] & 0xFF;
    int b = pixels[other * 3 + channel] & 0xFF;
    return a + (b - a) * share;
  }
}
