package dev.tessera.vqvae.picture;

import java.io.IOException;
import java.nio.file.Path;

/** Brings pictures to the shape that a model sees. */
public final class Pictures {
  /** Largest picture that is taken at its own size. */
  public static final long MAXIMUM_WHOLE_PIXELS = 1 << 22;

  private Pictures() {}

  /**
   * Reads and prepares one file.
   *
   * @return the picture, H × W of {@code config}
   * @throws BrokenPictureException if it is no picture, damaged or over the limits of {@link
   *     PictureDecoder}
   */
  public static Rgb read(Path file, PictureConfig config) throws IOException {
    return prepare(PictureDecoder.decode(file, config), config);
  }

  /**
   * Reads and prepares an upload.
   *
   * @param name what errors call it
   * @param bytes the content of a picture file
   */
  public static Rgb read(String name, byte[] bytes, PictureConfig config) throws IOException {
    return prepare(PictureDecoder.decode(name, bytes, config), config);
  }

  /**
   * Reads one file at its own size.
   *
   * @param background what transparent pixels are laid on, 0xRRGGBB
   * @throws BrokenPictureException if it is no picture, damaged, or has more than {@value
   *     #MAXIMUM_WHOLE_PIXELS} pixels
   */
  public static Rgb readWhole(Path file, int background) throws IOException {
    int side = PictureConfig.MAXIMUM_SIDE;
    DecodedPicture picture =
        PictureDecoder.decode(
            file, new PictureConfig(side, side, background, PictureConfig.Fit.PAD));
    if ((long) picture.height() * picture.width() > MAXIMUM_WHOLE_PIXELS) {
      throw new BrokenPictureException(
          String.valueOf(file.getFileName()),
          String.format(
              "%d × %d pixels, but at most %,d in all are taken at their own size",
              picture.width(), picture.height(), MAXIMUM_WHOLE_PIXELS));
    }
    ArgbRows rows = ArgbRows.of(picture.image());
    Resampler.Placement unchanged = new Resampler.Placement(0, 0, 1);
    Rgb stored = new Resampler(rows, unchanged, rows.height(), rows.width(), background).resample();
    return picture.orientation().apply(stored);
  }

  /** Prepares a decoded picture: background, crop or pad, scale, orientation. */
  public static Rgb prepare(DecodedPicture picture, PictureConfig config) {
    // The small result is turned, not the large original: cropping and padding are symmetric.
    boolean turned = picture.orientation().transposes();
    int height = turned ? config.width() : config.height();
    int width = turned ? config.height() : config.width();
    ArgbRows rows = ArgbRows.of(picture.image());
    Resampler.Placement placement =
        Resampler.Placement.of(rows.height(), rows.width(), height, width, config.fit());
    Rgb stored = new Resampler(rows, placement, height, width, config.background()).resample();
    return picture.orientation().apply(stored);
  }
}
