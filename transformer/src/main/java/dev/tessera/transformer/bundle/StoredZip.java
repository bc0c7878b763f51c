package dev.tessera.transformer.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The subset of ZIP that bundles use, read strictly: entries stored as they are, one after the
 * other from the first byte to the directory, each described alike in the directory and in front of
 * its content. Whatever else an archive could hide (bytes between entries, a second description)
 * cannot be there. Takes memory for the directory alone, which is at most a megabyte; contents are
 * mapped, when asked for.
 */
final class StoredZip {
  /** Largest entry: what a buffer can map. */
  static final int MAXIMUM_ENTRY_BYTES = Integer.MAX_VALUE;

  private static final int MAXIMUM_ENTRIES = 64;
  private static final int MAXIMUM_DIRECTORY_BYTES = 1 << 20;
  private static final int LOCAL_SIGNATURE = 0x04034B50;
  private static final int LOCAL_BYTES = 30;
  private static final int DIRECTORY_SIGNATURE = 0x02014B50;
  private static final int DIRECTORY_BYTES = 46;
  private static final int END_SIGNATURE = 0x06054B50;
  private static final int END_BYTES = 22;

  /** The one flag that changes nothing for names in ASCII: names are UTF-8. */
  private static final int UTF8_FLAG = 1 << 11;

  /**
   * What directory and local header both say of an entry.
   *
   * @param flags general purpose bit flags
   * @param method of compression
   * @param crc CRC-32 of the content
   * @param compressed bytes of the content as it is stored
   * @param bytes of the content
   * @param nameBytes bytes of its name
   */
  private record Header(
      int flags, int method, int crc, long compressed, long bytes, int nameBytes) {
    /** Reads the fields from {@code flags} to {@code nameBytes}, which both kinds have alike. */
    static Header next(ByteBuffer buffer) {
      int flags = unsignedShort(buffer);
      int method = unsignedShort(buffer);
      buffer.getInt(); // time and date
      int crc = buffer.getInt();
      return new Header(
          flags, method, crc, unsignedInt(buffer), unsignedInt(buffer), unsignedShort(buffer));
    }
  }

  /** Where a content stands. */
  private record Content(long offset, long bytes, int crc) {}

  private final FileChannel channel;
  private final String file;
  private final Map<String, Content> contents = new LinkedHashMap<>();
  private final Map<String, ByteBuffer> checked = new HashMap<>();

  /**
   * Reads the structure of an archive.
   *
   * @param channel of the file, open as long as contents are read
   * @param file what to call it in errors
   * @throws IOException if it is anything but such an archive
   */
  StoredZip(FileChannel channel, String file) throws IOException {
    this.channel = channel;
    this.file = file;
    long size = channel.size();
    if (size < END_BYTES || bytes(0, Integer.BYTES).getInt() != LOCAL_SIGNATURE) {
      throw failure(
          "is no bundle: it does not begin like a ZIP archive of %d bytes or more"
              .formatted(END_BYTES));
    }
    long endOffset = size - END_BYTES;
    ByteBuffer end = bytes(endOffset, END_BYTES);
    if (end.getInt() != END_SIGNATURE) {
      throw failure("is cut off, or something follows it: it does not end like a ZIP archive");
    }
    int disks = end.getInt();
    int entries = unsignedShort(end);
    int allEntries = unsignedShort(end);
    long directoryBytes = unsignedInt(end);
    long directoryOffset = unsignedInt(end);
    int commentBytes = unsignedShort(end);
    if (disks != 0 || entries != allEntries || commentBytes != 0) {
      throw failure("has several volumes or a comment, but a bundle is one plain ZIP archive");
    }
    if (entries > MAXIMUM_ENTRIES) {
      throw failure("has %d entries, but may have %d".formatted(entries, MAXIMUM_ENTRIES));
    }
    if (directoryOffset + directoryBytes != endOffset || directoryBytes > MAXIMUM_DIRECTORY_BYTES) {
      throw failure(
          "has a directory of %d bytes at byte %d, but it must end at byte %d and may have %d bytes"
              .formatted(directoryBytes, directoryOffset, endOffset, MAXIMUM_DIRECTORY_BYTES));
    }
    readDirectory(bytes(directoryOffset, (int) directoryBytes), entries, directoryOffset);
  }

  private void readDirectory(ByteBuffer directory, int entries, long directoryOffset)
      throws IOException {
    long offset = 0;
    for (int i = 0; i < entries; i++) {
      if (directory.remaining() < DIRECTORY_BYTES || directory.getInt() != DIRECTORY_SIGNATURE) {
        throw failure(
            "has a directory of less than the %d entries that it states".formatted(entries));
      }
      directory.getInt(); // versions of the writer and of ZIP
      Header header = Header.next(directory);
      int extraBytes = unsignedShort(directory);
      int commentBytes = unsignedShort(directory);
      directory.position(directory.position() + 8); // volume and attributes
      long stated = unsignedInt(directory);
      if (directory.remaining() < header.nameBytes() + extraBytes + commentBytes) {
        throw failure("has a directory that ends within its entry %d".formatted(i));
      }
      String name = text(directory, header.nameBytes());
      directory.position(directory.position() + extraBytes + commentBytes);
      requireStored(name, header);
      if (stated != offset) {
        throw failure(
            "has %s at byte %d, but it must be at byte %d".formatted(name, stated, offset));
      }
      Content content = content(name, header, offset, directoryOffset);
      if (contents.putIfAbsent(name, content) != null) {
        throw failure("has two entries %s".formatted(name));
      }
      offset = content.offset() + content.bytes();
    }
    if (directory.hasRemaining() || offset != directoryOffset) {
      throw failure("has bytes that belong to no entry");
    }
  }

  private void requireStored(String name, Header header) throws IOException {
    if (header.method() != 0) {
      throw failure(
          "has %s compressed (method %d), but entries of a bundle are stored (method 0)"
              .formatted(name, header.method()));
    }
    if ((header.flags() & ~UTF8_FLAG) != 0) {
      throw failure("has %s encrypted or streamed (flags 0x%x)".formatted(name, header.flags()));
    }
    if (header.compressed() != header.bytes()) {
      throw failure(
          "has %s stored in %d bytes, but states %d"
              .formatted(name, header.compressed(), header.bytes()));
    }
    if (header.bytes() > MAXIMUM_ENTRY_BYTES) {
      throw failure(
          "has %s of %d bytes, but an entry may have %d"
              .formatted(name, header.bytes(), MAXIMUM_ENTRY_BYTES));
    }
  }

  /** Where an entry's content stands, by the local header at {@code offset}. */
  private Content content(String name, Header expected, long offset, long directoryOffset)
      throws IOException {
    long begin = offset + LOCAL_BYTES + expected.nameBytes();
    if (begin > directoryOffset) {
      throw failure("has %s at byte %d, where the directory is".formatted(name, offset));
    }
    ByteBuffer local = bytes(offset, LOCAL_BYTES + expected.nameBytes());
    int signature = local.getInt();
    local.getShort(); // version of ZIP
    Header header = Header.next(local);
    int extraBytes = unsignedShort(local);
    if (signature != LOCAL_SIGNATURE
        || !header.equals(expected)
        || !text(local, expected.nameBytes()).equals(name)) {
      throw failure(
          "describes %s in the directory otherwise than at byte %d".formatted(name, offset));
    }
    begin += extraBytes;
    if (begin + header.bytes() > directoryOffset) {
      throw failure(
          "has %s of %d bytes at byte %d, but the directory begins at byte %d"
              .formatted(name, header.bytes(), begin, directoryOffset));
    }
    return new Content(begin, header.bytes(), header.crc());
  }

  /** Names in the order of the archive; a view that cannot be changed. */
  Set<String> names() {
    return Collections.unmodifiableSet(contents.keySet());
  }

  /** Bytes of an entry that is there. */
  long size(String name) {
    return find(name).bytes();
  }

  /**
   * The content of an entry that is there, mapped; checked the first time that it is asked for.
   *
   * @throws IOException if it does not have the CRC-32 that the archive states
   */
  ByteBuffer content(String name) throws IOException {
    ByteBuffer known = checked.get(name);
    if (known != null) {
      return known.duplicate();
    }
    Content content = find(name);
    ByteBuffer mapped = channel.map(MapMode.READ_ONLY, content.offset(), content.bytes());
    CRC32 crc = new CRC32();
    crc.update(mapped.duplicate());
    if ((int) crc.getValue() != content.crc()) {
      throw failure(
          "is damaged: %s has CRC-32 %08x, but must have %08x"
              .formatted(name, (int) crc.getValue(), content.crc()));
    }
    checked.put(name, mapped);
    return mapped.duplicate();
  }

  private Content find(String name) {
    Content content = contents.get(name);
    if (content == null) {
      throw new IllegalArgumentException("there is no entry " + name);
    }
    return content;
  }

  private ByteBuffer bytes(long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException(file + ": became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private IOException failure(String what) {
    return new IOException(file + " " + what);
  }

  private static String text(ByteBuffer buffer, int length) {
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return new String(bytes, UTF_8);
  }

  private static int unsignedShort(ByteBuffer buffer) {
    return Short.toUnsignedInt(buffer.getShort());
  }

  private static long unsignedInt(ByteBuffer buffer) {
    return Integer.toUnsignedLong(buffer.getInt());
  }
}
