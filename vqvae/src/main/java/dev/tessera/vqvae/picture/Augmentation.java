package dev.tessera.vqvae.picture;

import java.util.random.RandomGenerator;

/**
 * Small random changes that leave a picture what it is, so that training sees each in many forms.
 * Whether a picture may be mirrored is the caller's to know: stage 1, which sees no captions,
 * mirrors all of them.
 *
 * @param maximumShift pixels, up to which a picture moves along each axis, 0 to 64; its edge pixels
 *     fill the gap
 * @param flip whether half of the pictures are mirrored left to right
 * @param smallestCrop share of the sides that the smallest part has that is enlarged to the whole
 *     picture, 0.3 to 1; 1 for no cropping
 * @param maximumHueTurn degrees, up to which all colours turn around the grey axis, 0 to 180
 * @param colourJitter up to which share brightness, contrast and saturation go up or down, 0 to 0.9
 */
public record Augmentation(
    int maximumShift,
    boolean flip,
    double smallestCrop,
    double maximumHueTurn,
    double colourJitter) {
  /** Changes nothing. */
  public static final Augmentation NONE = new Augmentation(0, false, 1, 0, 0);

  public Augmentation {
    if (maximumShift < 0 || maximumShift > 64) {
      throw new IllegalArgumentException(
          "maximum shift is " + maximumShift + ", but must be 0 to 64");
    }
    require("smallest crop", smallestCrop, 0.3, 1);
    require("maximum hue turn", maximumHueTurn, 0, 180);
    require("colour jitter", colourJitter, 0, 0.9);
  }

  private static void require(String name, double value, double minimum, double maximum) {
    if (!(value >= minimum && value <= maximum)) {
      throw new IllegalArgumentException(
          String.format("%s is %s, but must be %s to %s", name, value, minimum, maximum));
    }
  }

  /** The same for pictures that must not be mirrored. */
  public Augmentation withoutFlip() {
    return new Augmentation(maximumShift, false, smallestCrop, maximumHueTurn, colourJitter);
  }

  /** A changed copy of a picture. */
  public Rgb apply(Rgb picture, RandomGenerator random) {
    int down = shift(random);
    int right = shift(random);
    boolean mirrored = flip && random.nextBoolean();
    double turn = Math.toRadians(maximumHueTurn * (2 * random.nextDouble() - 1));
    Rgb whole = smallestCrop < 1 ? crop(picture, random) : picture;
    byte[] moved = moved(whole, down, right, mirrored);
    if (turn != 0) {
      ColourChange.turnHue(moved, turn);
    }
    if (colourJitter > 0) {
      ColourChange.scale(moved, factor(random), factor(random), factor(random));
    }
    return new Rgb(picture.height(), picture.width(), moved);
  }

  private int shift(RandomGenerator random) {
    return random.nextInt(2 * maximumShift + 1) - maximumShift;
  }

  private double factor(RandomGenerator random) {
    return 1 + colourJitter * (2 * random.nextDouble() - 1);
  }

  /** A part of the picture's own shape, anywhere in it. */
  private Rgb crop(Rgb picture, RandomGenerator random) {
    double share = smallestCrop + (1 - smallestCrop) * random.nextDouble();
    double top = (1 - share) * picture.height() * random.nextDouble();
    double left = (1 - share) * picture.width() * random.nextDouble();
    return Window.enlarge(picture, top, left, share);
  }

  private static byte[] moved(Rgb picture, int down, int right, boolean mirrored) {
    int height = picture.height();
    int width = picture.width();
    byte[] from = picture.pixels();
    byte[] to = new byte[from.length];
    for (int y = 0; y < height; y++) {
      int sourceRow = Math.max(0, Math.min(height - 1, y - down)) * width;
      for (int x = 0; x < width; x++) {
        int column = Math.max(0, Math.min(width - 1, x - right));
        int source = (sourceRow + (mirrored ? width - 1 - column : column)) * 3;
        int target = (y * width + x) * 3;
        to[target] = from[source];
        to[target + 1] = from[source + 1];
        to[target + 2] = from[source + 2];
      }
    }
    return to;
  }
}
