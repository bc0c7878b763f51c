package dev.tessera.transformer.shard;

import com.google.protobuf.MessageLite;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes a set record by record into an empty folder, as many files as it takes. The tokenizer
 * belongs beside them, as {@value TokenShards#TOKENIZER}.
 */
public final class ShardWriter implements Closeable {
  /** No file holds more records. */
  private static final int MOST_RECORDS = 16_384;

  /** What a file is meant to stay below, going by its image tokens. */
  private static final long MEANT_BYTES = 256L << 20;

  /** Of a token, on average: most codes take two, those of large codebooks three. */
  private static final int TOKEN_BYTES = 3;

  private final Path folder;
  private final ShardHeader set;
  private final int perFile;
  private @Nullable OutputStream out;
  private long bytes;
  private int written;

  /**
   * @param set the header of a file that would hold all records
   */
  public ShardWriter(Path folder, ShardHeader set) {
    this(folder, set, perFile(set));
  }

  ShardWriter(Path folder, ShardHeader set, int perFile) {
    this.folder = folder;
    this.set = set;
    this.perFile = perFile;
  }

  private static int perFile(ShardHeader set) {
    long record = (long) set.origin().forms() * set.tokens() * TOKEN_BYTES;
    return (int) Math.max(1, Math.min(MOST_RECORDS, MEANT_BYTES / record));
  }

  /**
   * Appends the next record.
   *
   * @throws IllegalArgumentException if it holds what the header does not allow
   */
  public void append(PictureTokens record) throws IOException {
    record.requireFits(set);
    if (written % perFile == 0) {
      close();
      Path file = folder.resolve("tokens-%05d.tok".formatted(written / perFile));
      out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
      out.write(Frames.SIGNATURE);
      bytes = Frames.SIGNATURE.length;
      write(set.of(written, Math.min(perFile, set.totalRecords() - written)).toProto());
    }
    write(record.toProto());
    written++;
  }

  private void write(MessageLite content) throws IOException {
    byte[] message = content.toByteArray();
    bytes += Frames.size(message);
    if (bytes > Integer.MAX_VALUE || out == null) {
      throw new IllegalArgumentException(
          "a file of tokens would have %d bytes, but may have %d"
              .formatted(bytes, Integer.MAX_VALUE));
    }
    Frames.write(message, out);
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }
}
