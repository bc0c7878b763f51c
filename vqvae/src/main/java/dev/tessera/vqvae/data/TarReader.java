package dev.tessera.vqvae.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive from its beginning to its end: V7, ustar, GNU and pax (POSIX.1-2001). Entries
 * come with their names and sizes, and their content may be read or left.
 *
 * <p>An archive is a sequence of blocks of 512 bytes: a header, then the content, padded. A header
 * of type L (GNU) or x (pax) tells the long name of the entry after it. What such a header may hold
 * is limited; a header with a wrong checksum, a size that is no number or an archive that ends
 * within an entry is an {@link IOException}.
 */
final class TarReader implements Closeable {
  private static final int BLOCK = 512;
  private static final int MAXIMUM_EXTENSION_BYTES = 1 << 16;

  private static final int NAME = 0;
  private static final int NAME_LENGTH = 100;
  private static final int SIZE = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int PREFIX_LENGTH = 155;

  private final InputStream in;
  private long left;
  private long padding;

  /**
   * An entry.
   *
   * @param name as it stands in the archive
   * @param size of its content, in bytes, as the header claims
   * @param regular whether it is a file, and no folder, link or device
   */
  record Entry(String name, long size, boolean regular) {}

  /**
   * @param in the archive, decompressed; closed with this reader
   */
  TarReader(InputStream in) {
    this.in = in;
  }

  /** The next entry, or null at the end of the archive. */
  @Nullable Entry next() throws IOException {
    String longName = null;
    long longSize = -1;
    while (true) {
      skipContent();
      byte[] header = header();
      if (header == null) {
        return null;
      }
      long size = number(header, SIZE, SIZE_LENGTH);
      char type = (char) (header[TYPE] & 0xFF);
      left = size;
      padding = -size & (BLOCK - 1);
      switch (type) {
        case 'L' -> longName = untilZero(extension(size), 0, (int) size);
        case 'x' -> {
          Map<String, String> records = paxRecords(extension(size));
          longName = records.getOrDefault("path", longName);
          longSize = records.containsKey("size") ? decimal(records.get("size")) : longSize;
        }
        case 'K', 'g' -> {
          // The long name of a link, and what holds for all entries: of no use here.
        }
        case 'S' -> throw new IOException("it has sparse files, which are not read");
        default -> {
          if (longSize >= 0) {
            left = longSize;
            padding = -longSize & (BLOCK - 1);
          }
          String name = longName != null ? longName : name(header);
          boolean file = type == '0' || type == 0 || type == '7';
          return new Entry(name, left, file && !name.endsWith("/"));
        }
      }
    }
  }

  /** The content of the entry that {@link #next} returned, which must be read at once. */
  byte[] read() throws IOException {
    if (left > Integer.MAX_VALUE - 8) {
      throw new IOException("an entry of " + left + " bytes is too large to be read");
    }
    // Grows with what is there, not with what the header claims.
    byte[] content = in.readNBytes((int) left);
    if (content.length < left) {
      throw new IOException("it ends in the middle of an entry");
    }
    left = 0;
    return content;
  }

  private void skipContent() throws IOException {
    long rest = left + padding;
    while (rest > 0) {
      long skipped = in.skip(rest);
      if (skipped <= 0) {
        if (in.read() < 0) {
          throw new IOException("it ends in the middle of an entry");
        }
        skipped = 1;
      }
      rest -= skipped;
    }
    left = 0;
    padding = 0;
  }

  /** A header, or null at the end: two blocks of zeros, of which careless writers leave one out. */
  private byte @Nullable [] header() throws IOException {
    byte[] header = in.readNBytes(BLOCK);
    if (header.length == 0 || isZero(header)) {
      return null;
    }
    if (header.length < BLOCK) {
      throw new IOException("it ends in the middle of a header");
    }
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean inChecksum = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
      sum += inChecksum ? ' ' : header[i] & 0xFF;
    }
    if (sum != number(header, CHECKSUM, CHECKSUM_LENGTH)) {
      throw new IOException("it is no tar archive, or damaged: a header has a wrong checksum");
    }
    return header;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private byte[] extension(long size) throws IOException {
    if (size > MAXIMUM_EXTENSION_BYTES) {
      throw new IOException("it has a name or extension of " + size + " bytes");
    }
    return read();
  }

  private static String name(byte[] header) {
    String name = untilZero(header, NAME, NAME_LENGTH);
    String magic = new String(header, MAGIC, 6, StandardCharsets.ISO_8859_1);
    // GNU writes "ustar  " and has other fields where POSIX has the prefix.
    String prefix = magic.equals("ustar\0") ? untilZero(header, PREFIX, PREFIX_LENGTH) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String untilZero(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  /** An octal number in ASCII, or a binary one whose first bit is set. */
  private static long number(byte[] header, int from, int length) throws IOException {
    if ((header[from] & 0x80) != 0) {
      long value = header[from] & 0x7F;
      for (int i = from + 1; i < from + length; i++) {
        if (value >>> 55 != 0) {
          throw new IOException("it claims an entry of more than 2^63 bytes");
        }
        value = value << 8 | (header[i] & 0xFF);
      }
      return value;
    }
    String digits = untilZero(header, from, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("it has a header with \"" + digits + "\" for a number", e);
    }
  }

  private static long decimal(String text) throws IOException {
    if (!text.matches("[0-9]{1,18}")) {
      throw new IOException("it has an extension with the size \"" + text + "\"");
    }
    return Long.parseLong(text);
  }

  /** Records of the form "LENGTH KEY=VALUE\n", where LENGTH counts the whole record. */
  private static Map<String, String> paxRecords(byte[] bytes) throws IOException {
    Map<String, String> records = new HashMap<>();
    int at = 0;
    while (at < bytes.length && bytes[at] != 0) {
      int space = at;
      int length = 0;
      while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9') {
        length = Math.min(10 * length + bytes[space] - '0', bytes.length + 1);
        space++;
      }
      int end = at + length;
      if (space == at || end > bytes.length || end <= space + 1) {
        throw new IOException("it has a damaged extension");
      }
      String record = new String(bytes, space + 1, end - 1 - (space + 1), StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals > 0) {
        records.put(record.substring(0, equals), record.substring(equals + 1));
      }
      at = end;
    }
    return records;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
