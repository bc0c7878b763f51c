package dev.tessera.vqvae.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A text beside a picture: each line is one caption, all are alternatives. UTF-8; bytes that are
 * not become U+FFFD. A list of keywords with commas is one caption.
 */
final class CaptionFile {
  /** Largest file, in bytes: no caption file is nearly that long, but a wrong file may be. */
  static final int MAXIMUM_BYTES = 1 << 20;

  private CaptionFile() {}

  static List<String> read(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      return parse(String.valueOf(file.getFileName()), stream.readNBytes(MAXIMUM_BYTES + 1));
    }
  }

  /**
   * The lines of a text.
   *
   * @param name what errors call it
   * @throws IOException if it is larger than a caption file can be
   */
  static List<String> parse(String name, byte[] text) throws IOException {
    requireSize(name, text.length);
    return new String(text, StandardCharsets.UTF_8).lines().toList();
  }

  /** Refuses what is too large to be read. */
  static void requireSize(String name, long bytes) throws IOException {
    if (bytes > MAXIMUM_BYTES) {
      throw new IOException(
          String.format("the caption file %s is larger than %,d bytes", name, MAXIMUM_BYTES));
    }
  }
}
