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

  /** Below it the result would be subnormal; it is 0. */
  private static final float MINIMUM = -87.3f;

  /** Above it the result is infinite: a little early, the power of two must be finite. */
  private static final float MAXIMUM = 88.3f;

  private Exponential() {}

  /** exp(x); 0 below −87.3, infinite above 88.3, NaN for NaN. */
  static float exp(float x) {
    if (x < MINIMUM) {
      return 0;
    }
    if (x > MAXIMUM) {
      return Float.POSITIVE_INFINITY;
    }
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
}
