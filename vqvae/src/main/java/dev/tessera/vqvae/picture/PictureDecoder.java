package dev.tessera.vqvae.picture;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads pictures that nobody vouches for: {@link #FORMATS} only, up to {@link #MAXIMUM_BYTES} and
 * {@link #MAXIMUM_PIXELS}, which are checked before pixels are decoded. The content decides on the
 * format, not the file's name. Of an animation the first frame is read.
 *
 * <p>Streams are opened without ImageIO's disk cache, and no setting of ImageIO is changed.
 */
public final class PictureDecoder {
  /** The formats that are read, by the names that ImageIO gives them. */
  public static final List<String> FORMATS = List.of("png", "jpeg", "gif", "bmp", "webp");

  /** Largest file, in bytes. */
  public static final long MAXIMUM_BYTES = 256L << 20;

  /** Largest picture, in pixels. */
  public static final long MAXIMUM_PIXELS = 100_000_000;

  /** Above this many pixels only every n-th is decoded, where the model's size allows it. */
  private static final long SUBSAMPLING_PIXELS = 16_000_000;

  /** Pixels that subsampling leaves for each of the model's, along a side. */
  private static final int SUBSAMPLING_RESERVE = 4;

  private PictureDecoder() {}

  /**
   * Reads a file.
   *
   * @param target the shape that it will be brought to, which decides on subsampling
   * @throws BrokenPictureException if it is no picture, damaged or over the limits
   * @throws IOException if the file cannot be read
   */
  public static DecodedPicture decode(Path file, PictureConfig target) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (!Files.isRegularFile(file)) {
      throw new BrokenPictureException(name, "there is no such file");
    }
    requireSize(name, Files.size(file));
    try (ImageInputStream stream = new FileImageInputStream(file.toFile())) {
      return decode(name, stream, target);
    }
  }

  /**
   * Reads an upload.
   *
   * @param name what errors call it
   * @param bytes the content of a file in one of the formats
   */
  public static DecodedPicture decode(String name, byte[] bytes, PictureConfig target)
      throws IOException {
    requireSize(name, bytes.length);
    try (ImageInputStream stream = new ByteArrayImageInputStream(bytes)) {
      return decode(name, stream, target);
    }
  }

  private static void requireSize(String name, long bytes) throws IOException {
    if (bytes == 0) {
      throw new BrokenPictureException(name, "the file is empty");
    }
    if (bytes > MAXIMUM_BYTES) {
      throw new BrokenPictureException(
          name, String.format("%,d bytes, but at most %,d are read", bytes, MAXIMUM_BYTES));
    }
  }

  private static DecodedPicture decode(String name, ImageInputStream stream, PictureConfig target)
      throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      try {
        String format = format(reader);
        if (FORMATS.contains(format)) {
          return decode(name, stream, reader, format, target);
        }
      } finally {
        reader.dispose();
      }
    }
    throw new BrokenPictureException(
        name, "not a picture in a format that is read (" + String.join(", ", FORMATS) + ")");
  }

  private static String format(ImageReader reader) {
    for (String name : reader.getOriginatingProvider().getFormatNames()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (FORMATS.contains(lower)) {
        return lower;
      }
    }
    return "";
  }

  private static DecodedPicture decode(
      String name, ImageInputStream stream, ImageReader reader, String format, PictureConfig target)
      throws IOException {
    try {
      Orientation orientation = ExifOrientation.read(stream, format);
      stream.seek(0);
      // Ignoring metadata also keeps readers from trusting the lengths of chunks that hold it.
      reader.setInput(stream, true, true);
      int height = reader.getHeight(0);
      int width = reader.getWidth(0);
      requirePixels(name, height, width);
      refuseTruncation(reader);
      boolean turned = orientation.transposes();
      ImageReadParam how = reader.getDefaultReadParam();
      int step =
          turned
              ? subsampling(height, width, target.width(), target.height())
              : subsampling(height, width, target.height(), target.width());
      how.setSourceSubsampling(step, step, 0, 0);
      BufferedImage image = reader.read(0, how);
      return new DecodedPicture(
          image,
          orientation,
          turned ? width : height,
          turned ? height : width,
          format,
          ColourMode.of(image));
    } catch (BrokenPictureException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Readers of damaged files throw whatever their parsers run into.
      throw new BrokenPictureException(
          name, "a damaged " + format + " file (" + describe(e) + ")", e);
    }
  }

  private static void requirePixels(String name, int height, int width) throws IOException {
    if (height < 1 || width < 1) {
      throw new BrokenPictureException(
          name, String.format("%d × %d pixels, which is nothing", width, height));
    }
    if ((long) height * width > MAXIMUM_PIXELS) {
      throw new BrokenPictureException(
          name,
          String.format(
              "%d × %d pixels, but at most %,d in all are read", width, height, MAXIMUM_PIXELS));
    }
  }

  /** The JPEG reader only warns of a file that ends early, and paints the rest grey. */
  private static void refuseTruncation(ImageReader reader) {
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (warning.contains("Premature end") || warning.contains("Truncated File")) {
            throw new IllegalStateException("it ends too early");
          }
        });
  }

  /** The step that brings a huge picture near {@link #SUBSAMPLING_PIXELS}; 1 for all others. */
  static int subsampling(int height, int width, int targetHeight, int targetWidth) {
    int most =
        Math.max(
            1,
            Math.min(
                height / (SUBSAMPLING_RESERVE * targetHeight),
                width / (SUBSAMPLING_RESERVE * targetWidth)));
    int step = 1;
    while (step < most && (long) height * width / ((long) step * step) > SUBSAMPLING_PIXELS) {
      step++;
    }
    return step;
  }

  private static String describe(Exception e) {
    Throwable inner = e instanceof IIOException && e.getCause() != null ? e.getCause() : e;
    String message = inner.getMessage();
    if (message == null || message.isBlank()) {
      return inner.getClass().getSimpleName();
    }
    return message.strip().lines().findFirst().orElse("");
  }
}
