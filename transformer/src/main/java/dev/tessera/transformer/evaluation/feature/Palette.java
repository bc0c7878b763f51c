package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;

/** The colours of a picture in {@value #SIZE} numbers: a histogram of 16 × 16 × 16 bins. */
public final class Palette {
  private static final int LEVELS = 16;

  /** Numbers of a palette. */
  public static final int SIZE = LEVELS * LEVELS * LEVELS;

  private Palette() {}

  /** The palette of a picture of any size: square roots of shares, whose squares sum to 1. */
  public static double[] of(Rgb picture) {
    return ColourHistogram.of(picture, LEVELS);
  }
}
