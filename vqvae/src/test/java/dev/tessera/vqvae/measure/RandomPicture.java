package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.picture.Rgb;
import java.util.Random;

/** Pictures for measures: smooth and rough parts, and a damaged copy of them. */
final class RandomPicture {
  private RandomPicture() {}

  static Rgb draw(int height, int width, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[height * width * 3];
    for (int i = 0; i < pixels.length; i++) {
      int x = i / 3 % width;
      int y = i / 3 / width;
      double slope = 90 + 60 * Math.sin(0.4 * x + i % 3) + 50 * Math.cos(0.3 * y);
      pixels[i] = (byte) Math.max(0, Math.min(255, Math.round(slope + 12 * random.nextGaussian())));
    }
    return new Rgb(height, width, pixels);
  }

  static Rgb damaged(Rgb picture, double noise, long seed) {
    Random random = new Random(seed);
    byte[] pixels = picture.pixels().clone();
    for (int i = 0; i < pixels.length; i++) {
      double level = 20 + 0.8 * (pixels[i] & 0xFF) + noise * random.nextGaussian();
      pixels[i] = (byte) Math.max(0, Math.min(255, Math.round(level)));
    }
    return new Rgb(picture.height(), picture.width(), pixels);
  }

  static double level(Rgb picture, int y, int x, int channel) {
    return picture.pixels()[(y * picture.width() + x) * 3 + channel] & 0xFF;
  }
}
