package dev.tessera.engine.onednn;

/** The numbers that are the upper half of a 32-bit float. */
public final class Bfloat16 {
  private static final int BITS = 16;

  private Bfloat16() {}

  /** The nearest one, of two equally near ones that whose last bit is 0; NaN for NaN. */
  public static short round(float value) {
    int bits = Float.floatToIntBits(value);
    int half = 0x7FFF + ((bits >>> BITS) & 1);
    return (short) ((bits + half) >>> BITS);
  }

  /** Rounds {@code count} values. */
  public static void round(float[] values, int from, short[] target, int targetFrom, int count) {
    for (int i = 0; i < count; i++) {
      target[targetFrom + i] = round(values[from + i]);
    }
  }

  /** The same number. */
  public static float floatOf(short half) {
    return Float.intBitsToFloat(half << BITS);
  }
}
