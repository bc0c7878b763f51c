package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.picture.Rgb;

/**
 * Peak signal-to-noise ratio over a set of pictures: the squared errors of all 8-bit values are
 * pooled before the logarithm is taken, so that one flat picture does not outweigh the others.
 */
public final class Psnr {
  private static final double PEAK = 255;

  private double squares;
  private long values;

  /** Takes a pair of pictures of one size in. */
  public void add(Rgb original, Rgb reconstruction) {
    byte[] a = original.pixels();
    byte[] b = reconstruction.pixels();
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "pictures have " + a.length + " and " + b.length + " bytes, but must be of one size");
    }
    for (int i = 0; i < a.length; i++) {
      double difference = (a[i] & 0xFF) - (b[i] & 0xFF);
      squares += difference * difference;
    }
    values += a.length;
  }

  /** In dB; infinite for equal pictures, not a number without any. */
  public double decibels() {
    return 10 * Math.log10(PEAK * PEAK * values / squares);
  }
}
