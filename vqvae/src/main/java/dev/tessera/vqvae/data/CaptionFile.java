package dev.tessera.vqvae.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A text file beside a picture: each line is one caption, all are alternatives.
 *
 * <p>UTF-8; bytes that are not become U+FFFD, and a byte order mark is dropped. Lines are trimmed,
 * blank lines and repetitions dropped. A list of keywords with commas is one caption.
 */
final class CaptionFile {
  /** Largest file, in bytes: no caption file is nearly that long, but a wrong file may be. */
  static final int MAXIMUM_BYTES = 1 << 20;

  private CaptionFile() {}

  static List<String> read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream stream = Files.newInputStream(file)) {
      bytes = stream.readNBytes(MAXIMUM_BYTES + 1);
    }
    if (bytes.length > MAXIMUM_BYTES) {
      throw new IOException(
          String.format(
              "the caption file %s is larger than %,d bytes", file.getFileName(), MAXIMUM_BYTES));
    }
    return new String(bytes, StandardCharsets.UTF_8)
        .replace("\uFEFF", "")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .distinct()
        .toList();
  }
}
