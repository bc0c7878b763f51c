package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;
import java.util.random.RandomGenerator;

/**
 * What pictures lose on the way through any codec of few tokens, without one: a picture is mixed
 * with its blurred copy (the binomial kernel of 3 × 3) by a random share, and each of its numbers
 * gets normal noise. Who learns from such copies, too, does not take the blur of a codec for a way
 * of drawing.
 */
public final class Softening {
  /** Standard deviation of the noise at most, in levels of 8 bits. */
  private static final double NOISE = 6;

  private static final int RGB = 3;

  private Softening() {}

  /** A softened copy of a picture. */
  public static Rgb of(Rgb picture, RandomGenerator random) {
    double blurred = random.nextDouble();
    double noise = NOISE * random.nextDouble();
    byte[] from = picture.pixels();
    byte[] to = new byte[from.length];
    int line = picture.width() * RGB;
    for (int i = 0; i < from.length; i++) {
      int column = i % line / RGB;
      int left = column > 0 ? -RGB : 0;
      int right = column < picture.width() - 1 ? RGB : 0;
      int above = i >= line ? i - line : i;
      int below = i + line < from.length ? i + line : i;
      double mean =
          (row(from, above, left, right)
                  + 2 * row(from, i, left, right)
                  + row(from, below, left, right))
              / 16.0;
      double value =
          (1 - blurred) * (from[i] & 0xFF) + blurred * mean + noise * random.nextGaussian();
      to[i] = (byte) Math.max(0, Math.min(255, Math.round(value)));
    }
    return new Rgb(picture.height(), picture.width(), to);
  }

  private static int row(byte[] pixels, int centre, int left, int right) {
    return (pixels[centre + left] & 0xFF)
        + 2 * (pixels[centre] & 0xFF)
        + (pixels[centre + right] & 0xFF);
  }
}
