package dev.tessera.transformer.evaluation.classifier;

import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;

/**
 * Pictures as a classifier takes them: each of red, green and blue becomes {@value #STEPS} numbers
 * of 0 to 1, of which at most two are above 0 and which sum to 1: how near the level is to each of
 * as many steps. So the first layer can tell colours of a palette apart, which by three numbers
 * takes a network long to learn.
 */
final class ColourSteps {
  private static final int RGB = 3;
  private static final int STEPS = 8;

  /** Numbers of a pixel. */
  static final int CHANNELS = RGB * STEPS;

  private ColourSteps() {}

  /**
   * Writes a picture.
   *
   * @param to [H, W, {@value #CHANNELS}] from {@code from} on
   */
  static void write(Rgb picture, float[] to, int from) {
    byte[] levels = picture.pixels();
    Arrays.fill(to, from, from + levels.length * STEPS, 0);
    for (int i = 0; i < levels.length; i++) {
      float place = (levels[i] & 0xFF) * (STEPS - 1) / 255f;
      int step = Math.min((int) place, STEPS - 2);
      int at = from + i * STEPS + step;
      to[at] = 1 - (place - step);
      to[at + 1] = place - step;
    }
  }
}
