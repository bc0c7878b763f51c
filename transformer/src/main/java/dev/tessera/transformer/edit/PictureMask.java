package dev.tessera.transformer.edit;

import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PictureDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What of a picture is to be filled; all else is kept.
 *
 * @param height rows
 * @param width columns
 * @param filled for each pixel, row by row, whether it is to be filled; not copied
 */
public record PictureMask(int height, int width, boolean[] filled) {
  private static final int OPAQUE = 0xFF;
  private static final int HALF = 128;

  public PictureMask {
    if (height < 1 || width < 1 || filled.length != (long) height * width) {
      throw new IllegalArgumentException(
          "a mask of %d × %d pixels has %d marks".formatted(width, height, filled.length));
    }
  }

  /**
   * Reads a mask from a picture. Where it has transparency anywhere, what is less than half opaque
   * is filled, as image services have it; otherwise white is filled and black is kept, and greys
   * are what they are nearer to.
   *
   * @param height rows that it must have
   * @param width columns that it must have
   * @throws IOException if it is no picture or of another size
   */
  public static PictureMask read(Path file, int height, int width) throws IOException {
    PictureConfig largest = PictureConfig.square(PictureConfig.MAXIMUM_SIDE);
    DecodedPicture picture = PictureDecoder.decode(file, largest);
    BufferedImage image = picture.image();
    if (image.getHeight() != height || image.getWidth() != width) {
      throw new IOException(
          "%s: the mask has %d × %d pixels, but the picture has %d × %d"
              .formatted(file, picture.width(), picture.height(), width, height));
    }
    int[] argb = image.getRGB(0, 0, width, height, null, 0, width);
    boolean transparent = false;
    for (int pixel : argb) {
      transparent |= pixel >>> 24 != OPAQUE;
    }
    boolean[] filled = new boolean[argb.length];
    for (int i = 0; i < argb.length; i++) {
      filled[i] = transparent ? argb[i] >>> 24 < HALF : brightness(argb[i]) >= HALF;
    }
    return new PictureMask(height, width, filled);
  }

  private static int brightness(int rgb) {
    return ((rgb >> 16 & 0xFF) + (rgb >> 8 & 0xFF) + (rgb & 0xFF)) / 3;
  }

  /** Whether a pixel is to be filled. */
  public boolean fills(int row, int column) {
    return filled[row * width + column];
  }

  /** Whether nothing is to be filled. */
  public boolean isEmpty() {
    for (boolean one : filled) {
      if (one) {
        return false;
      }
    }
    return true;
  }
}
