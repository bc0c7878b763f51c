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
    Bilinear colours = new Bilinear(picture);
    byte[] pixels = new byte[picture.pixels().length];
    for (int y = 0, at = 0; y < height; y++) {
      for (int x = 0; x < width; x++, at += 3) {
        colours.colour(top + (y + 0.5) * share - 0.5, left + (x + 0.5) * share - 0.5, pixels, at);
      }
    }
    return new Rgb(height, width, pixels);
  }
}
