package dev.tessera.vqvae.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Records of any length in a mapped file, so that none of them is on the heap.
 *
 * <pre>
 * record 0, record 1, …         one after the other
 * end of record 0, end of 1, …  int64, big-endian: where the record ends in the file
 * </pre>
 *
 * The number of records is known from elsewhere. Safe to read on any number of threads.
 */
final class RecordFile {
  /** Longest record, in bytes. */
  static final int MAXIMUM_BYTES = 1 << 24;

  /** A mapping holds at most 2 GB; each begins this far after the one before and overlaps it. */
  private static final long STRIDE = 1L << 30;

  private final Path file;
  private final MappedByteBuffer[] mappings;
  private final long stride;
  private final long end;
  private final int count;

  private RecordFile(Path file, MappedByteBuffer[] mappings, long stride, long end, int count) {
    this.file = file;
    this.mappings = mappings;
    this.stride = stride;
    this.end = end;
    this.count = count;
  }

  /**
   * Maps a file.
   *
   * @throws IOException if it cannot hold {@code count} records
   */
  static RecordFile open(Path file, int count) throws IOException {
    return open(file, count, STRIDE);
  }

  static RecordFile open(Path file, int count, long stride) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long end = size - (long) count * Long.BYTES;
      if (count < 0 || end < 0) {
        throw new IOException(
            String.format("%s has %,d bytes, which cannot hold %d records", file, size, count));
      }
      MappedByteBuffer[] mappings = new MappedByteBuffer[(int) (size / stride) + 1];
      for (int i = 0; i < mappings.length; i++) {
        long start = i * stride;
        long length = Math.min(stride + MAXIMUM_BYTES, size - start);
        mappings[i] = channel.map(FileChannel.MapMode.READ_ONLY, start, length);
      }
      RecordFile records = new RecordFile(file, mappings, stride, end, count);
      if (records.endOf(count - 1) != end) {
        throw new IOException(file + " does not hold " + count + " records");
      }
      return records;
    }
  }

  int count() {
    return count;
  }

  /**
   * A copy of a record.
   *
   * @param record 0 to count − 1
   */
  byte[] read(int record) {
    if (record < 0 || record >= count) {
      throw new IndexOutOfBoundsException(
          "record " + record + " of " + file + ", which has " + count);
    }
    long from = endOf(record - 1);
    long to = endOf(record);
    if (from < 0 || from > to || to > end || to - from > MAXIMUM_BYTES) {
      throw new IllegalStateException(
          String.format("%s says that record %d is bytes %d to %d", file, record, from, to));
    }
    byte[] bytes = new byte[(int) (to - from)];
    MappedByteBuffer mapping = mappings[(int) (from / stride)];
    mapping.get((int) (from % stride), bytes);
    return bytes;
  }

  private long endOf(int record) {
    if (record < 0) {
      return 0;
    }
    long at = end + (long) record * Long.BYTES;
    return mappings[(int) (at / stride)].getLong((int) (at % stride));
  }

  /** Writes a file; {@link #close} completes it. */
  static final class Writer implements Closeable {
    private final OutputStream records;
    private final Path endsFile;
    private final DataOutputStream ends;
    private long position;
    private int count;

    Writer(Path file) throws IOException {
      endsFile = file.resolveSibling(file.getFileName() + ".ends");
      records = buffered(file);
      ends = new DataOutputStream(buffered(endsFile));
    }

    private static OutputStream buffered(Path file) throws IOException {
      return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    }

    /** Appends a record and tells its number. */
    int append(byte[] record) throws IOException {
      if (record.length > MAXIMUM_BYTES) {
        throw new IOException(
            String.format(
                "a record has %,d bytes, but at most %,d are kept", record.length, MAXIMUM_BYTES));
      }
      records.write(record);
      position += record.length;
      ends.writeLong(position);
      return count++;
    }

    /** Records so far. */
    int count() {
      return count;
    }

    @Override
    public void close() throws IOException {
      try (records) {
        ends.close();
        Files.copy(endsFile, records);
      } finally {
        Files.deleteIfExists(endsFile);
      }
    }
  }
}
