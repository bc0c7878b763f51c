package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;

/**
 * What a picture looks like in {@value #SIZE} numbers that nobody trained: colours by place (8 × 8
 * cells), a colour histogram of 4 × 4 × 4 bins, and gradients by place and direction.
 */
public final class PictureDescriptor {
  private static final int PLACES = 8;
  private static final int PLACE_SIZE = PLACES * PLACES * 3;
  private static final int LEVELS = 4;
  private static final int COLOUR_SIZE = LEVELS * LEVELS * LEVELS;

  /** Numbers of a descriptor. */
  public static final int SIZE = PLACE_SIZE + COLOUR_SIZE + GradientHistogram.SIZE;

  private PictureDescriptor() {}

  /** The descriptor of a picture of any size: {@value #SIZE} numbers of 0 to 1. */
  public static double[] of(Rgb picture) {
    double[] descriptor = new double[SIZE];
    System.arraycopy(AreaAverage.of(picture, PLACES), 0, descriptor, 0, PLACE_SIZE);
    System.arraycopy(ColourHistogram.of(picture, LEVELS), 0, descriptor, PLACE_SIZE, COLOUR_SIZE);
    System.arraycopy(
        GradientHistogram.of(picture),
        0,
        descriptor,
        PLACE_SIZE + COLOUR_SIZE,
        GradientHistogram.SIZE);
    return descriptor;
  }
}
