package dev.tessera.vqvae.picture;

import java.io.IOException;
import java.nio.file.Path;

/** Brings pictures to the shape that a model sees. */
public final class Pictures {
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
   * Reads a file upright and in its own size, transparent pixels laid on a background.
   *
   * @param background 0xRRGGBB
   * @throws BrokenPictureException if it is no picture, damaged or over the limits of {@link
   *     PictureDecoder}, or so large that not every pixel is decoded
   */
  public static Rgb readWhole(Path file, int background) throws IOException {
    PictureConfig largest =
        new PictureConfig(
            PictureConfig.MAXIMUM_SIDE,
            PictureConfig.MAXIMUM_SIDE,
            background,
            PictureConfig.Fit.CENTER_CROP);
    DecodedPicture picture = PictureDecoder.decode(file, largest);
    ArgbRows rows = ArgbRows.of(picture.image());
    if ((long) rows.height() * rows.width() < (long) picture.height() * picture.width()) {
      throw new BrokenPictureException(
          String.valueOf(file.getFileName()),
          String.format(
              "%d × %d pixels are too many to keep in their own size",
              picture.width(), picture.height()));
    }
    Resampler.Placement itself = new Resampler.Placement(0, 0, 1);
    Rgb stored = new Resampler(rows, itself, rows.height(), rows.width(), background).bilinear();
    return picture.orientation().apply(stored);
  }

  /** Brings a picture of any size to the shape that a model sees. */
  public static Rgb prepare(Rgb picture, PictureConfig config) {
    ArgbRows rows = ArgbRows.of(picture.toImage());
    Resampler.Placement placement =
        Resampler.Placement.of(
            rows.height(), rows.width(), config.height(), config.width(), config.fit());
    return new Resampler(rows, placement, config.height(), config.width(), config.background())
        .resample();
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
