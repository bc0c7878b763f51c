package dev.tessera.vqvae.picture;

/** A picture's colours between the centres of its pixels. */
final class Bilinear {
  private final Rgb picture;

  Bilinear(Rgb picture) {
    this.picture = picture;
  }

  /**
   * The colour of a point: linear between the four pixels around it; beyond the edge pixels'
   * centres their colours go on.
   *
   * @param row of the point, whole numbers at the centres of pixels
   * @param column likewise
   * @param to gets red, green and blue
   * @param at where in {@code to}
   */
  void colour(double row, double column, byte[] to, int at) {
    double y = inside(row, picture.height());
    double x = inside(column, picture.width());
    int first = (int) y;
    int above = first * picture.width();
    int below = Math.min(first + 1, picture.height() - 1) * picture.width();
    int before = (int) x;
    int after = Math.min(before + 1, picture.width() - 1);
    double down = y - first;
    double across = x - before;
    for (int c = 0; c < 3; c++) {
      double upper = mix(above + before, above + after, c, across);
      double lower = mix(below + before, below + after, c, across);
      to[at + c] = (byte) Math.round(upper + (lower - upper) * down);
    }
  }

  private static double inside(double place, int size) {
    return Math.max(0, Math.min(size - 1, place));
  }

  private double mix(int one, int other, int channel, double share) {
    int a = picture.pixels()[one * 3 + channel] & 0xFF;
    int b = picture.pixels()[other * 3 + channel] & 0xFF;
    return a + (b - a) * share;
  }
}
