package dev.tessera.vqvae.picture;

import dev.tessera.engine.store.AtomicFiles;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes PNG files, each whole or not at all. */
public final class Png {
  private Png() {}

  /** Writes a picture; a file of that name is replaced in one step. */
  public static void write(Path file, Rgb picture) throws IOException {
    write(file, picture.toImage());
  }

  /** Writes an image; a file of that name is replaced in one step. */
  public static void write(Path file, BufferedImage image) throws IOException {
    byte[] bytes = bytes(image);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    AtomicFiles.write(file, out -> out.write(bytes));
  }

  /** The content of a PNG file. */
  public static byte[] bytes(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", stream)) {
        throw new IOException("no PNG writer for an image of type " + image.getType());
      }
    }
    return bytes.toByteArray();
  }
}
