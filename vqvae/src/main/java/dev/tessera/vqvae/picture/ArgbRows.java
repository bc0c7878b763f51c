package dev.tessera.vqvae.picture;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The rows of any AWT image as 8-bit sRGB with alpha, 0xAARRGGBB.
 *
 * <p>Grey samples are taken as they are: AWT holds that grey images are linear light and would
 * brighten them (128 becomes 188), but the files mean the same 128 as in colour. Colours of another
 * space are converted by its profile.
 */
interface ArgbRows {
  int height();

  int width();

  /** Writes columns {@code left} to {@code left + count − 1} of row {@code y} to {@code argb}. */
  void read(int y, int left, int count, int[] argb);

  static ArgbRows of(BufferedImage image) {
    ColorModel colours = image.getColorModel();
    if (image.getType() == BufferedImage.TYPE_3BYTE_BGR) {
      return new Rgb8(image.getRaster());
    }
    if (isGrey(colours)) {
      return new Grey(image.getRaster(), colours);
    }
    boolean standard = colours instanceof IndexColorModel || colours.getColorSpace().isCS_sRGB();
    return new Standard(standard ? image : converted(image));
  }

  private static boolean isGrey(ColorModel colours) {
    return colours instanceof ComponentColorModel
        && colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && (colours.getTransferType() == DataBuffer.TYPE_BYTE
            || colours.getTransferType() == DataBuffer.TYPE_USHORT);
  }

  private static BufferedImage converted(BufferedImage image) {
    BufferedImage result =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
    return new ColorConvertOp(null).filter(image, result);
  }

  /** What AWT itself reads rightly: sRGB at any depth, palettes. */
  record Standard(BufferedImage image) implements ArgbRows {
    @Override
    public int height() {
      return image.getHeight();
    }

    @Override
    public int width() {
      return image.getWidth();
    }

    @Override
    public void read(int y, int left, int count, int[] argb) {
      if (image.getType() == BufferedImage.TYPE_INT_ARGB) {
        image.getRaster().getDataElements(left, y, count, 1, argb);
      } else {
        image.getRGB(left, y, count, 1, argb, 0, count);
      }
    }
  }

  /** The layout of most photographs, for which AWT's own way is slow. */
  record Rgb8(Raster raster) implements ArgbRows {
    @Override
    public int height() {
      return raster.getHeight();
    }

    @Override
    public int width() {
      return raster.getWidth();
    }

    @Override
    public void read(int y, int left, int count, int[] argb) {
      byte[] row = new byte[3 * count];
      raster.getDataElements(left, y, count, 1, row);
      for (int x = 0; x < count; x++) {
        argb[x] =
            0xFF000000
                | (row[3 * x] & 0xFF) << 16
                | (row[3 * x + 1] & 0xFF) << 8
                | (row[3 * x + 2] & 0xFF);
      }
    }
  }

  /** Grey of 8 or 16 bits, with or without alpha. */
  record Grey(Raster raster, ColorModel colours) implements ArgbRows {
    @Override
    public int height() {
      return raster.getHeight();
    }

    @Override
    public int width() {
      return raster.getWidth();
    }

    @Override
    public void read(int y, int left, int count, int[] argb) {
      int[] samples = raster.getSamples(left, y, count, 1, 0, new int[count]);
      int maximum = (1 << colours.getComponentSize(0)) - 1;
      for (int x = 0; x < count; x++) {
        argb[x] = 0xFF000000 | eightBits(samples[x], maximum) * 0x010101;
      }
      if (colours.hasAlpha()) {
        raster.getSamples(left, y, count, 1, 1, samples);
        int opaque = (1 << colours.getComponentSize(1)) - 1;
        for (int x = 0; x < count; x++) {
          argb[x] = (argb[x] & 0xFFFFFF) | eightBits(samples[x], opaque) << 24;
        }
      }
    }

    private static int eightBits(int sample, int maximum) {
      return (sample * 255 + maximum / 2) / maximum;
    }
  }
}
