package dev.tessera.vqvae.model;

import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.Quantiser;

/**
 * The auto-encoder of stage 1.
 *
 * @param picture what it sees; its sides are multiples of {@code downsampling}
 * @param downsampling pixels per token along each side: 4, 8 or 16
 * @param width channels above the token grid, 4 to 1,024
 * @param gridWidth channels at the token grid, 4 to 1,024
 * @param residualBlocks per level of the encoder, 0 to 16; the decoder has one more
 * @param quantiser between encoder and decoder
 * @param loss of reconstructions
 */
public record VqvaeConfig(
    PictureConfig picture,
    int downsampling,
    int width,
    int gridWidth,
    int residualBlocks,
    Quantiser quantiser,
    ReconstructionLoss loss) {
  private static final int MAXIMUM_WIDTH = 1024;

  public VqvaeConfig {
    if (downsampling != 4 && downsampling != 8 && downsampling != 16) {
      throw new IllegalArgumentException(
          "downsampling is " + downsampling + ", but must be 4, 8 or 16");
    }
    requireMultiple("height", picture.height(), downsampling);
    requireMultiple("width", picture.width(), downsampling);
    requireRange("width", width, 4, MAXIMUM_WIDTH);
    requireRange("grid width", gridWidth, 4, MAXIMUM_WIDTH);
    requireRange("residual blocks", residualBlocks, 0, 16);
  }

  /** With the mean squared error as its loss. */
  public VqvaeConfig(
      PictureConfig picture,
      int downsampling,
      int width,
      int gridWidth,
      int residualBlocks,
      Quantiser quantiser) {
    this(
        picture,
        downsampling,
        width,
        gridWidth,
        residualBlocks,
        quantiser,
        ReconstructionLoss.SQUARED_ERROR);
  }

  /** The same auto-encoder for other pictures. */
  public VqvaeConfig withPicture(PictureConfig other) {
    return with(other, downsampling);
  }

  /**
   * The same auto-encoder for other pictures and another number of tokens.
   *
   * @param pixels per token along each side: 4, 8 or 16
   */
  public VqvaeConfig with(PictureConfig other, int pixels) {
    return new VqvaeConfig(other, pixels, width, gridWidth, residualBlocks, quantiser, loss);
  }

  /** The same auto-encoder with other codes. */
  public VqvaeConfig withQuantiser(Quantiser other) {
    return new VqvaeConfig(picture, downsampling, width, gridWidth, residualBlocks, other, loss);
  }

  /** Tokens from top to bottom, H'. */
  public int gridHeight() {
    return picture.height() / downsampling;
  }

  /** Tokens from left to right, W'. */
  public int gridColumns() {
    return picture.width() / downsampling;
  }

  /** Tokens of one picture, H'·W'. */
  public int tokens() {
    return gridHeight() * gridColumns();
  }

  private static void requireMultiple(String side, int pixels, int of) {
    if (pixels % of != 0) {
      throw new IllegalArgumentException(
          "picture " + side + " is " + pixels + ", but must be a multiple of downsampling " + of);
    }
  }

  private static void requireRange(String name, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", but must be " + minimum + " to " + maximum);
    }
  }
}
