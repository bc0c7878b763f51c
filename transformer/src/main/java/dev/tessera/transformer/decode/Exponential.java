package dev.tessera.transformer.decode;

/**
 * exp in single precision, with a relative error below 2e-7.
 *
 * <p>An own one, because {@link Math#exp} may differ in the last bit between machines and between
 * virtual machines, on which the codes of a picture must not depend; and because it is faster. The
 * method is Cephes' expf (Moshier, 1989): x = n ln 2 + r, exp(x) = 2ⁿ exp(r), a polynomial for
 * exp(r).
 */
final class Exponential {
  private static final float LOG2_E = 1.442695f;

  /** ln 2 in two parts; the first has few bits, so that n times it is exact. */
  private static final float LN2_HIGH = 0x1.63p-1f;

  private static final float LN2_LOW = -2.1219444e-4f;

  /** 1.5 · 2²³: adding it rounds to an integer, which is then in the low bits. */
  private static final float ROUNDER = 12582912f;

  /** Where the power of two is 0, and so the result: exp(−87.7) would be subnormal. */
  private static final float LOWEST = -88f;

  /** Above it the result is infinite: a little early, the power of two must be finite. */
  private static final float MAXIMUM = 88.3f;

  private Exponential() {}

  /** exp(x); 0 below −87.7, infinite above 88.3, NaN for NaN. */
  static float exp(float given) {
    if (given > MAXIMUM) {
      return Float.POSITIVE_INFINITY;
    }
    float x = Math.max(given, LOWEST);
    float shifted = x * LOG2_E + ROUNDER;
    float n = shifted - ROUNDER;
    float r = x - n * LN2_HIGH - n * LN2_LOW;
    float p = 1.9875691e-4f;
    p = p * r + 1.3981999e-3f;
    p = p * r + 8.333452e-3f;
    p = p * r + 4.1665796e-2f;
    p = p * r + 0.16666666f;
    p = p * r + 0.5f;
    float mantissa = p * r * r + r + 1;
    return mantissa * Float.intBitsToFloat(((int) n + 127) << 23);
  }

  /**
   * Replaces values by exp(value − shift), bit by bit as {@link #exp} finds it, in a fifth of the
   * time: in loops short enough for HotSpot to make vector instructions of them, all but the last.
   *
   * @param shift no less than any of the values
   * @param powers overwritten between from and to
   * @param series overwritten between from and to
   */
  static void replace(
      float[] values, int from, int to, float shift, float[] powers, float[] series) {
    for (int i = from; i < to; i++) {
      values[i] = Math.max(values[i] - shift, LOWEST);
    }
    for (int i = from; i < to; i++) {
      powers[i] = (values[i] * LOG2_E + ROUNDER) - ROUNDER;
    }
    for (int i = from; i < to; i++) {
      values[i] = values[i] - powers[i] * LN2_HIGH - powers[i] * LN2_LOW;
    }
    for (int i = from; i < to; i++) {
      float r = values[i];
      series[i] = ((1.9875691e-4f * r + 1.3981999e-3f) * r + 8.333452e-3f) * r + 4.1665796e-2f;
    }
    for (int i = from; i < to; i++) {
      float r = values[i];
      values[i] = ((series[i] * r + 0.16666666f) * r + 0.5f) * r * r + r + 1;
    }
    for (int i = from; i < to; i++) {
      values[i] *= Float.intBitsToFloat(((int) powers[i] + 127) << 23);
    }
  }
}
