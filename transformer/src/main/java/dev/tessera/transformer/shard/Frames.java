package dev.tessera.transformer.shard;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Length, message and checksum, as the package says. */
final class Frames {
  static final byte[] SIGNATURE = {(byte) 0x89, 'T', 'O', 'K', '\r', '\n', 0x1A, '\n'};

  /** Longest message, in bytes. */
  static final int MAXIMUM_BYTES = 1 << 28;

  private static final int CHECKSUM_BYTES = Integer.BYTES;

  /** Longest varint of a length: 28 bits are 4 times 7. */
  private static final int LENGTH_BYTES = 4;

  private Frames() {}

  /** Bytes that a frame takes. */
  static long size(byte[] message) {
    return CodedOutputStream.computeUInt32SizeNoTag(message.length)
        + (long) message.length
        + CHECKSUM_BYTES;
  }

  static void write(byte[] message, OutputStream out) throws IOException {
    if (message.length > MAXIMUM_BYTES) {
      throw new IllegalArgumentException(
          "a record has %d bytes, but may have %d".formatted(message.length, MAXIMUM_BYTES));
    }
    for (int rest = message.length; ; rest >>>= 7) {
      if (rest < 0x80) {
        out.write(rest);
        break;
      }
      out.write(rest | 0x80);
    }
    out.write(message);
    CRC32C crc = new CRC32C();
    crc.update(message);
    byte[] checksum = new byte[CHECKSUM_BYTES];
    ByteBuffer.wrap(checksum).order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue());
    out.write(checksum);
  }

  /**
   * The message of the frame that begins at the buffer's position, which moves behind it.
   *
   * @return a view of the message's bytes
   * @throws IOException if the frame is cut off or damaged; the message says how, without the file
   */
  static ByteBuffer next(ByteBuffer file) throws IOException {
    int begin = file.position();
    int length = 0;
    for (int i = 0; ; i++) {
      if (i == LENGTH_BYTES || !file.hasRemaining()) {
        throw new IOException("has no length at byte " + begin);
      }
      byte part = file.get();
      length |= (part & 0x7F) << (7 * i);
      if (part >= 0) {
        break;
      }
    }
    if (length > file.remaining() - CHECKSUM_BYTES) {
      throw new IOException(
          "has %d bytes from byte %d on, but needs %d"
              .formatted(file.remaining(), file.position(), (long) length + CHECKSUM_BYTES));
    }
    ByteBuffer message = file.slice(file.position(), length);
    file.position(file.position() + length);
    int stated =
        file.slice(file.position(), CHECKSUM_BYTES).order(ByteOrder.LITTLE_ENDIAN).getInt();
    file.position(file.position() + CHECKSUM_BYTES);
    CRC32C crc = new CRC32C();
    crc.update(message.duplicate());
    if ((int) crc.getValue() != stated) {
      throw new IOException(
          "has CRC32C %08x at byte %d, but must have %08x"
              .formatted((int) crc.getValue(), begin, stated));
    }
    return message;
  }
}
