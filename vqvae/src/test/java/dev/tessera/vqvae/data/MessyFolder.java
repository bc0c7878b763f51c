package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.PictureFiles;
import dev.tessera.vqvae.picture.Rgb;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** A folder as people have them: {@link #USABLE} pictures, {@link #BROKEN} files that are none. */
final class MessyFolder {
  static final int USABLE = 13;
  static final int BROKEN = 5;

  /** Usable pictures that have the pixels of an earlier one. */
  static final int DUPLICATES = 1;

  private MessyFolder() {}

  static void fill(Path folder) throws IOException {
    put(folder, "rgb.png", PictureFiles.png(noise(1, 40, 30)));
    put(folder, "rgb.txt", "a noisy rectangle\nnoise in a rectangle");
    put(folder, "copy of rgb.png", PictureFiles.png(noise(1, 40, 30)));
    put(folder, "copy of rgb.txt", "a copy\na noisy rectangle");
    put(folder, "a/1.png", PictureFiles.png(PictureFiles.argb(new int[][] {{0x80FF0000, 0}})));
    put(folder, "b/1.png", PictureFiles.png(PictureFiles.palette(9, 9, 0x00FF00, 0x0000FF)));
    put(folder, "b/1.txt", "green over blue");
    put(folder, "b/grey.PNG", PictureFiles.png(PictureFiles.grey8(20, 20, 77)));
    put(folder, "b/grey16.png", PictureFiles.png(PictureFiles.grey16(20, 20, 30_000)));
    put(folder, "b/one pixel.bmp", PictureFiles.file(PictureFiles.solid(1, 1, 0x123456), "bmp"));
    put(folder, "c/strip.png", PictureFiles.png(noise(2, 20, 9000)));
    put(folder, "c/animated.gif", PictureFiles.file(noise(3, 12, 12), "gif"));
    put(folder, "c/日本 ü.jpg", PictureFiles.file(noise(4, 50, 60), "jpeg"));
    put(folder, "c/日本 ü.txt", "ein Bild aus 日本");
    byte[] corners = PictureFiles.file(PictureFiles.corners(40, 40), "jpeg");
    put(folder, "c/turned.jpeg", PictureFiles.withExif(corners, 6));
    put(folder, "c/web.webp", PictureFiles.webp());
    put(folder, "c/white.png", PictureFiles.png(PictureFiles.solid(30, 30, 0xFFFFFE)));

    byte[] whole = PictureFiles.png(noise(5, 64, 64));
    put(folder, "broken/bomb.png", PictureFiles.pngHeader(60_000, 60_000));
    put(folder, "broken/empty.png", new byte[0]);
    put(folder, "broken/half.png", Arrays.copyOf(whole, whole.length / 2));
    put(folder, "broken/letter.png", "Dear reader,");
    put(folder, "broken/wordy.png", whole);
    put(folder, "broken/wordy.txt", new byte[CaptionFile.MAXIMUM_BYTES + 1]);
  }

  static BufferedImage noise(int seed, int height, int width) {
    byte[] pixels = new byte[height * width * 3];
    new Random(seed).nextBytes(pixels);
    return new Rgb(height, width, pixels).toImage();
  }

  static void put(Path folder, String name, String content) throws IOException {
    put(folder, name, content.getBytes(StandardCharsets.UTF_8));
  }

  static void put(Path folder, String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }
}
