package dev.tessera.cli;

import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;

/** Folders of small coloured squares and circles. */
final class Shapes {
  /** How many pictures a folder has. */
  static final int PICTURES = 24;

  private static final String[] NAMES = {"red", "green", "blue"};
  private static final int[] COLOURS = {0xE02020, 0x20C040, 0x3040E0};
  private static final int SIDE = 16;

  private Shapes() {}

  /** Makes the folder; the pictures differ with the seed. */
  static Path draw(Path folder, boolean captioned, long seed) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(seed);
    for (int i = 0; i < PICTURES; i++) {
      boolean round = i % 2 == 0;
      int which = i % NAMES.length;
      int row = 5 + random.nextInt(6);
      int column = 5 + random.nextInt(6);
      int radius = 3 + random.nextInt(3);
      String name = String.format("shape%02d", i);
      Png.write(folder.resolve(name + ".png"), shape(COLOURS[which], round, row, column, radius));
      if (captioned) {
        String caption = "a " + NAMES[which] + (round ? " circle" : " square");
        Files.writeString(folder.resolve(name + ".txt"), caption);
      }
    }
    return folder;
  }

  private static Rgb shape(int colour, boolean round, int row, int column, int radius) {
    Rgb picture = Rgb.solid(SIDE, SIDE, 0xFFFFFF);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int down = Math.abs(y - row);
        int across = Math.abs(x - column);
        boolean inside =
            round
                ? down * down + across * across < radius * radius
                : Math.max(down, across) < radius;
        if (inside) {
          int at = (y * SIDE + x) * 3;
          picture.pixels()[at] = (byte) (colour >> 16);
          picture.pixels()[at + 1] = (byte) (colour >> 8);
          picture.pixels()[at + 2] = (byte) colour;
        }
      }
    }
    return picture;
  }

  /** Writes a configuration that trains in seconds. */
  static Path tinyConfig(Path folder) throws IOException {
    Path file = folder.resolve("tiny.yaml");
    try (InputStream in = Shapes.class.getResourceAsStream("rehearsal.yaml")) {
      Files.write(file, Objects.requireNonNull(in).readAllBytes());
    }
    return file;
  }
}
