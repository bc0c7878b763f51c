package dev.tessera.vqvae.picture;

import java.util.random.RandomGenerator;

/**
 * Small random changes that leave a picture what it is, so that training sees each in many forms.
 *
 * @param maximumShift pixels, up to which a picture moves along each axis, 0 to 64; its edge pixels
 *     fill the gap
 * @param flip whether half of the pictures are mirrored left to right
 * @param maximumHueTurn degrees, up to which all colours turn around the grey axis, 0 to 180
 */
public record Augmentation(int maximumShift, boolean flip, double maximumHueTurn) {
  /** Changes nothing. */
  public static final Augmentation NONE = new Augmentation(0, false, 0);

  private static final double THIRD = 1.0 / 3;

  public Augmentation {
    if (maximumShift < 0 || maximumShift > 64) {
      throw new IllegalArgumentException(
          "maximum shift is " + maximumShift + ", but must be 0 to 64");
    }
    if (!(maximumHueTurn >= 0 && maximumHueTurn <= 180)) {
      throw new IllegalArgumentException(
          "maximum hue turn is " + maximumHueTurn + ", but must be 0 to 180");
    }
  }

  /** A changed copy of a picture. */
  public Rgb apply(Rgb picture, RandomGenerator random) {
    int down = shift(random);
    int right = shift(random);
    boolean mirrored = flip && random.nextBoolean();
    double turn = Math.toRadians(maximumHueTurn * (2 * random.nextDouble() - 1));
    byte[] moved = moved(picture, down, right, mirrored);
    if (turn != 0) {
      turnHue(moved, turn);
    }
    return new Rgb(picture.height(), picture.width(), moved);
  }

  private int shift(RandomGenerator random) {
    return random.nextInt(2 * maximumShift + 1) - maximumShift;
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
        System.arraycopy(from, source, to, (y * width + x) * 3, 3);
      }
    }
    return to;
  }

  /** Rotates every colour around the axis from black to white; greys stay as they are. */
  private static void turnHue(byte[] rgb, double angle) {
    double straight = Math.cos(angle) + (1 - Math.cos(angle)) * THIRD;
    double less = (1 - Math.cos(angle)) * THIRD - Math.sqrt(THIRD) * Math.sin(angle);
    double more = (1 - Math.cos(angle)) * THIRD + Math.sqrt(THIRD) * Math.sin(angle);
    for (int i = 0; i < rgb.length; i += 3) {
      int r = rgb[i] & 0xFF;
      int g = rgb[i + 1] & 0xFF;
      int b = rgb[i + 2] & 0xFF;
      rgb[i] = clamped(straight * r + less * g + more * b);
      rgb[i + 1] = clamped(more * r + straight * g + less * b);
      rgb[i + 2] = clamped(less * r + more * g + straight * b);
    }
  }

  private static byte clamped(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }
}
