package dev.tessera.vqvae.picture;

import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.imageio.stream.ImageInputStream;

/**
 * Finds the orientation in the EXIF data of JPEG (segment APP1) and WebP (RIFF chunk {@code EXIF}).
 *
 * <p>EXIF data is a TIFF header ({@code II} or {@code MM}, 42, offset of the first directory), then
 * directories of 12-byte entries (tag, type, count, value). Damaged EXIF data never makes a picture
 * unusable: it counts as {@link Orientation#NORMAL}.
 */
final class ExifOrientation {
  private static final int TAG = 0x0112;
  private static final int TYPE_SHORT = 3;

  /** EXIF data is at most a JPEG segment long; WebP chunks could claim more. */
  private static final int MAXIMUM_BYTES = 1 << 16;

  private static final int MAXIMUM_CHUNKS = 1000;

  private ExifOrientation() {}

  /**
   * @param stream the whole file; its position is changed
   * @param format {@code jpeg}, {@code webp} or another, which has no EXIF data
   */
  static Orientation read(ImageInputStream stream, String format) {
    try {
      stream.seek(0);
      byte[] exif =
          switch (format) {
            case "jpeg" -> jpegExif(stream);
            case "webp" -> webpExif(stream);
            default -> new byte[0];
          };
      return parse(exif);
    } catch (IOException | RuntimeException e) {
      return Orientation.NORMAL;
    }
  }

  private static byte[] jpegExif(ImageInputStream stream) throws IOException {
    List<JPEGSegment> segments = JPEGSegmentUtil.readSegments(stream, JPEG.APP1, "Exif");
    if (segments.isEmpty()) {
      return new byte[0];
    }
    try (InputStream data = segments.get(0).data()) {
      data.skipNBytes(1); // The identifier "Exif", its end and a pad byte, of which this is left.
      return data.readNBytes(MAXIMUM_BYTES);
    }
  }

  private static byte[] webpExif(ImageInputStream stream) throws IOException {
    stream.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    stream.seek(12);
    byte[] name = new byte[4];
    for (int chunk = 0; chunk < MAXIMUM_CHUNKS; chunk++) {
      stream.readFully(name);
      long length = stream.readUnsignedInt();
      if (new String(name, StandardCharsets.ISO_8859_1).equals("EXIF")) {
        byte[] exif = new byte[(int) Math.min(length, MAXIMUM_BYTES)];
        stream.readFully(exif);
        boolean prefixed = exif.length > 6 && exif[0] == 'E' && exif[1] == 'x';
        return prefixed ? Arrays.copyOfRange(exif, 6, exif.length) : exif;
      }
      stream.seek(stream.getStreamPosition() + length + (length & 1));
    }
    return new byte[0];
  }

  /** Reads the tag from the first directory of a TIFF structure. */
  static Orientation parse(byte[] tiff) {
    if (tiff.length < 8) {
      return Orientation.NORMAL;
    }
    ByteBuffer buffer = ByteBuffer.wrap(tiff);
    buffer.order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = buffer.getInt(4);
    int entries = buffer.getShort(directory) & 0xFFFF;
    for (int entry = 0; entry < entries; entry++) {
      int at = directory + 2 + 12 * entry;
      if ((buffer.getShort(at) & 0xFFFF) == TAG && buffer.getShort(at + 2) == TYPE_SHORT) {
        return Orientation.ofTag(buffer.getShort(at + 8) & 0xFFFF);
      }
    }
    return Orientation.NORMAL;
  }
}
