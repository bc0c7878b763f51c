package dev.tessera.transformer.shard;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.proto.TokenRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** A mapped file of tokens. Safe to read on any number of threads. */
public final class TokenShard {
  private final ShardHeader header;
  private final ByteBuffer file;

  /** Where the message of each record begins and ends. */
  private final int[] begins;

  private final int[] ends;

  private TokenShard(ShardHeader header, ByteBuffer file, int[] begins, int[] ends) {
    this.header = header;
    this.file = file;
    this.begins = begins;
    this.ends = ends;
  }

  /**
   * Maps a file and checks all of it.
   *
   * @throws IOException if it cannot be read, is no file of tokens, of another version, or damaged
   */
  public static TokenShard open(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IOException(path + " is not a file, but tokens (.tok) were expected");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IOException(
            "%s has %d bytes, but a file of tokens has at most %d"
                .formatted(path, channel.size(), Integer.MAX_VALUE));
      }
      return read(channel.map(MapMode.READ_ONLY, 0, channel.size()), path.toString());
    }
  }

  /** Checks a file's bytes. */
  static TokenShard read(ByteBuffer file, String name) throws IOException {
    byte[] signature = new byte[Math.min(file.remaining(), Frames.SIGNATURE.length)];
    file.get(signature);
    if (!Arrays.equals(signature, Frames.SIGNATURE)) {
      throw new IOException(name + " does not begin as a file of tokens does");
    }
    ShardHeader header = header(file, name);
    int[] begins = new int[Math.min(header.records(), file.remaining())];
    int[] ends = new int[begins.length];
    for (int i = 0; i < header.records(); i++) {
      try {
        ByteBuffer message = Frames.next(file);
        ends[i] = file.position() - Integer.BYTES;
        begins[i] = ends[i] - message.remaining();
        PictureTokens.fromProto(TokenRecord.parseFrom(message)).requireFits(header);
      } catch (IOException | IllegalArgumentException e) {
        throw new IOException(
            "%s: record %d of %d %s".formatted(name, i, header.records(), e.getMessage()), e);
      }
    }
    if (file.hasRemaining()) {
      throw new IOException(
          "%s has %d bytes after the last record".formatted(name, file.remaining()));
    }
    return new TokenShard(header, file, begins, ends);
  }

  private static ShardHeader header(ByteBuffer file, String name) throws IOException {
    try {
      return ShardHeader.fromProto(dev.tessera.proto.TokenShard.parseFrom(Frames.next(file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("%s: the header: %s".formatted(name, e.getMessage()), e);
    }
  }

  public ShardHeader header() {
    return header;
  }

  /**
   * A record.
   *
   * @param record 0 to {@code header().records()} − 1
   */
  public PictureTokens read(int record) {
    ByteBuffer message = file.slice(begins[record], ends[record] - begins[record]);
    try {
      return PictureTokens.fromProto(TokenRecord.parseFrom(message));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("tokens changed since they were opened", e);
    }
  }
}
