package dev.tessera.vqvae.picture;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;

/** How a decoded picture holds its colours. CMYK files arrive here as {@link #RGB}. */
public enum ColourMode {
  RGB,
  RGBA,
  GREY,
  GREY_ALPHA,
  PALETTE;

  /** The mode of an AWT image. */
  public static ColourMode of(BufferedImage image) {
    ColorModel colours = image.getColorModel();
    if (colours instanceof IndexColorModel) {
      return PALETTE;
    }
    if (colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
      return colours.hasAlpha() ? GREY_ALPHA : GREY;
    }
    return colours.hasAlpha() ? RGBA : RGB;
  }
}
