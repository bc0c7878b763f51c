package dev.tessera.vqvae.picture;

/**
 * The shape of every picture that a model sees, and how others are brought to it.
 *
 * @param height pixels, a multiple of the model's downsampling, 8 to 1024
 * @param width pixels, likewise
 * @param background the colour that transparent pixels are laid on, 0xRRGGBB
 * @param fit what happens to a picture of another shape
 */
public record PictureConfig(int height, int width, int background, Fit fit) {
  public static final int MINIMUM_SIDE = 8;
  public static final int MAXIMUM_SIDE = 1024;

  /** How a picture of another shape is brought to the model's. */
  public enum Fit {
    /** Scale until the smaller side fits, cut the rest off evenly. */
    CENTER_CROP,
    /** Scale until the larger side fits, fill with the background. */
    PAD
  }

  public PictureConfig {
    requireSide("height", height);
    requireSide("width", width);
    if (background < 0 || background > 0xFFFFFF) {
      throw new IllegalArgumentException(
          String.format("background is 0x%X, but must be a colour 0xRRGGBB", background));
    }
  }

  /** Square pictures on white, cropped. */
  public static PictureConfig square(int size) {
    return new PictureConfig(size, size, 0xFFFFFF, Fit.CENTER_CROP);
  }

  /** Bytes of one prepared picture: height × width × RGB. */
  public int bytes() {
    return height * width * 3;
  }

  private static void requireSide(String name, int value) {
    if (value < MINIMUM_SIDE || value > MAXIMUM_SIDE) {
      throw new IllegalArgumentException(
          String.format(
              "picture %s is %d, but must be %d to %d", name, value, MINIMUM_SIDE, MAXIMUM_SIDE));
    }
  }
}
