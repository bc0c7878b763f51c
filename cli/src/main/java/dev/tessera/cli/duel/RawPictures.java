package dev.tessera.cli.duel;

import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Files of pictures for programs in any language: rows of RGB bytes, one picture after another, no
 * header.
 */
final class RawPictures {
  private RawPictures() {}

  /** Writes some of the pictures. */
  static void write(Path file, PreparedPictures pictures, int[] which) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int picture : which) {
        out.write(pictures.rgb(picture));
      }
    }
  }

  /**
   * Reads a file.
   *
   * @param count pictures that must be in it
   * @throws IOException if there are more or fewer bytes
   */
  static List<Rgb> read(Path file, PictureConfig shape, int count) throws IOException {
    long expected = (long) count * shape.bytes();
    if (Files.size(file) != expected) {
      throw new IOException(
          String.format(
              "%s has %d bytes, but %d pictures have %d", file, Files.size(file), count, expected));
    }
    byte[] all = Files.readAllBytes(file);
    List<Rgb> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] pixels = Arrays.copyOfRange(all, i * shape.bytes(), (i + 1) * shape.bytes());
      pictures.add(new Rgb(shape.height(), shape.width(), pixels));
    }
    return pictures;
  }
}
