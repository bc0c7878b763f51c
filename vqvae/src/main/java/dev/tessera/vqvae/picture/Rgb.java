package dev.tessera.vqvae.picture;

import java.awt.image.BufferedImage;

/** A picture as bytes: H × W × 3, row-major, red first, 0 to 255 unsigned, first row at the top. */
public final class Rgb {
  private final int height;
  private final int width;
  private final byte[] pixels;

  /**
   * @param height rows, at least 1
   * @param width columns, at least 1
   * @param pixels height × width × 3 bytes, kept and not copied
   */
  public Rgb(int height, int width, byte[] pixels) {
    if (height < 1 || width < 1 || pixels.length != 3L * height * width) {
      throw new IllegalArgumentException(
          String.format(
              "a picture of %d rows and %d columns needs %d bytes, but there are %d",
              height, width, 3L * height * width, pixels.length));
    }
    this.height = height;
    this.width = width;
    this.pixels = pixels;
  }

  /** A picture of one colour, 0xRRGGBB. */
  public static Rgb solid(int height, int width, int colour) {
    byte[] pixels = new byte[height * width * 3];
    for (int at = 0; at < pixels.length; at += 3) {
      pixels[at] = (byte) (colour >> 16);
      pixels[at + 1] = (byte) (colour >> 8);
      pixels[at + 2] = (byte) colour;
    }
    return new Rgb(height, width, pixels);
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** The bytes themselves, not a copy. */
  public byte[] pixels() {
    return pixels;
  }

  /** The colour of a pixel, 0xRRGGBB. */
  public int colour(int row, int column) {
    int at = (row * width + column) * 3;
    return (pixels[at] & 0xFF) << 16 | (pixels[at + 1] & 0xFF) << 8 | (pixels[at + 2] & 0xFF);
  }

  /** Whether all pixels have one colour. */
  public boolean isUniform() {
    for (int at = 3; at < pixels.length; at++) {
      if (pixels[at] != pixels[at - 3]) {
        return false;
      }
    }
    return true;
  }

  /** A copy as an opaque AWT image. */
  public BufferedImage toImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        row[x] = colour(y, x);
      }
      image.getRaster().setDataElements(0, y, width, 1, row);
    }
    return image;
  }
}
