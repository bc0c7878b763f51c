package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.ColourMode;
import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.Orientation;
import dev.tessera.vqvae.picture.PictureConfig;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of an IDX file, with labels of another.
 *
 * <pre>
 * images  int32 0x803, count, rows, columns, then count · rows · columns bytes, 0 for black
 * labels  int32 0x801, count, then count bytes
 * </pre>
 *
 * All numbers are big-endian. What the header claims is believed only as far as bytes follow.
 */
final class IdxStream implements PictureStream {
  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;
  private static final int MAXIMUM_SIDE = 4096;

  private final String prefix;
  private final Path imagesFile;
  private final DataInputStream images;
  private final @Nullable DataInputStream labels;
  private final List<String> classes;
  private final int count;
  private final int rows;
  private final int columns;
  private int next;

  private IdxStream(
      String prefix,
      Path imagesFile,
      DataInputStream images,
      @Nullable DataInputStream labels,
      List<String> classes)
      throws IOException {
    this.prefix = prefix;
    this.imagesFile = imagesFile;
    this.images = images;
    this.labels = labels;
    this.classes = classes;
    this.count = header(imagesFile, images, IMAGES);
    this.rows = images.readInt();
    this.columns = images.readInt();
  }

  /**
   * Opens both files.
   *
   * @param labelsFile null for pictures without captions
   * @param classes names by label; empty for the labels themselves
   */
  static IdxStream open(
      String prefix, Path imagesFile, @Nullable Path labelsFile, List<String> classes)
      throws IOException {
    DataInputStream images = null;
    DataInputStream labels = null;
    IdxStream stream = null;
    try {
      images = data(imagesFile);
      labels = labelsFile == null ? null : data(labelsFile);
      stream = new IdxStream(prefix, imagesFile, images, labels, classes);
      stream.requireAgreement(labelsFile);
      return stream;
    } catch (EOFException e) {
      throw new IOException(imagesFile + " or its labels end before their header does", e);
    } finally {
      if (stream == null) {
        close(images);
        close(labels);
      }
    }
  }

  private static DataInputStream data(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    try {
      boolean compressed = file.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
      InputStream plain = compressed ? new GZIPInputStream(bytes, 1 << 16) : bytes;
      return new DataInputStream(new BufferedInputStream(plain, 1 << 16));
    } catch (ZipException e) {
      bytes.close();
      throw new IOException(file + " is no gzip file", e);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static int header(Path file, DataInputStream in, int magic) throws IOException {
    int found = in.readInt();
    if (found != magic) {
      throw new IOException(
          String.format("%s begins with 0x%08x, but must with 0x%08x", file, found, magic));
    }
    int count = in.readInt();
    if (count < 1) {
      throw new IOException(file + " says that it holds " + count + " entries");
    }
    return count;
  }

  private void requireAgreement(@Nullable Path labelsFile) throws IOException {
    if (rows < 1 || columns < 1 || rows > MAXIMUM_SIDE || columns > MAXIMUM_SIDE) {
      throw new IOException(
          String.format(
              "%s says that its pictures have %d × %d pixels, but at most %d a side are read",
              imagesFile, columns, rows, MAXIMUM_SIDE));
    }
    if (labels != null && labelsFile != null) {
      int labelled = header(labelsFile, labels, LABELS);
      if (labelled != count) {
        throw new IOException(
            String.format(
                "%s has %d pictures, but %s has %d labels",
                imagesFile, count, labelsFile, labelled));
      }
    }
  }

  @Override
  public int expected() {
    return count;
  }

  @Override
  public @Nullable SourcePicture next() throws IOException {
    if (next == count) {
      return null;
    }
    byte[] pixels = images.readNBytes(rows * columns);
    int label = labels == null ? 0 : labels.read();
    if (pixels.length < rows * columns || label < 0) {
      throw new IOException(
          String.format(
              "%s or its labels end after %d of the %d pictures that its header promises",
              imagesFile, next, count));
    }
    String id = String.format("%s/%05d", prefix, next++);
    if (labels == null) {
      return new IdxPicture(id, pixels, rows, columns, List.of());
    }
    if (classes.isEmpty()) {
      return new IdxPicture(id, pixels, rows, columns, List.of(Integer.toString(label)));
    }
    return label < classes.size()
        ? new IdxPicture(id, pixels, rows, columns, List.of(classes.get(label)))
        : new BrokenEntry(
            id, "its label is " + label + ", but there are names for 0 to " + (classes.size() - 1));
  }

  @Override
  public void close() throws IOException {
    try (images) {
      close(labels);
    }
  }

  private static void close(@Nullable DataInputStream stream) throws IOException {
    if (stream != null) {
      stream.close();
    }
  }

  private record IdxPicture(String id, byte[] pixels, int rows, int columns, List<String> captions)
      implements SourcePicture {
    @Override
    public long heldBytes() {
      return pixels.length;
    }

    @Override
    public DecodedPicture decode(PictureConfig target) {
      BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setDataElements(0, 0, columns, rows, pixels);
      return new DecodedPicture(image, Orientation.NORMAL, rows, columns, "idx", ColourMode.GREY);
    }
  }
}
