package dev.tessera.vqvae.picture;

/**
 * Between bytes and the floats that a model computes with: x = v / 127.5 − 1, so 0 is −1 and 255 is
 * 1. The way back rounds and clamps; a byte that goes both ways is itself again.
 */
public final class PixelTransform {
  private static final float[] FLOATS = new float[256];

  static {
    for (int value = 0; value < 256; value++) {
      FLOATS[value] = value / 127.5f - 1;
    }
  }

  private PixelTransform() {}

  /** A float in [−1, 1] of a byte that is taken as 0 to 255. */
  public static float toFloat(byte value) {
    return FLOATS[value & 0xFF];
  }

  /** The nearest byte; values outside [−1, 1] are clamped, and NaN becomes black. */
  public static byte toByte(float value) {
    return (byte) Math.max(0, Math.min(255, Math.round((value + 1) * 127.5f)));
  }

  /**
   * Transforms all of {@code bytes}, in their order, to {@code floats} from {@code offset} on.
   *
   * @param bytes for example H × W × 3
   * @param floats at least {@code offset + bytes.length} long
   */
  public static void toFloats(byte[] bytes, float[] floats, int offset) {
    for (int i = 0; i < bytes.length; i++) {
      floats[offset + i] = FLOATS[bytes[i] & 0xFF];
    }
  }

  /** Fills {@code bytes} from {@code floats}, which are read from {@code offset} on. */
  public static void toBytes(float[] floats, int offset, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = toByte(floats[offset + i]);
    }
  }
}
