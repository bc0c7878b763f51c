package dev.tessera.engine.train;

/**
 * The arithmetic of an optimiser's step on one chunk, in arrays that stay in the cache.
 *
 * <p>Every loop counts from 0 and uses the same index for all arrays, because the JIT compiler
 * makes vector instructions of no others. Sums are in an order that is written down, and fused
 * multiplications and square roots are exactly rounded, so interpreted and compiled code have the
 * same bits.
 */
final class ChunkLoops {
  private static final float EPSILON = 1e-8f;

  /** The longest that a chunk may be. */
  static final int LENGTH = 2048;

  /** Sums of squares that are kept apart, so that they are independent of each other. */
  private static final int LANES = 256;

  final float[] gradient = new float[LENGTH];
  final float[] summand = new float[LENGTH];
  final float[] weights = new float[LENGTH];
  final float[] means = new float[LENGTH];
  final float[] squareMeans = new float[LENGTH];
  final float[] averages = new float[LENGTH];
  private final float[] row = new float[LANES];
  private final float[] sums = new float[LANES];

  /** gradient ← gradient + summand. */
  void addToGradient(int length) {
    float[] sum = gradient;
    float[] part = summand;
    for (int i = 0; i < length; i++) {
      sum[i] += part[i];
    }
  }

  /** The sum of the gradient's squares: in each lane first, then over the lanes. */
  double squares(int length) {
    float[] lanes = sums;
    float[] values = row;
    java.util.Arrays.fill(lanes, 0);
    for (int start = 0; start < length; start += LANES) {
      int count = Math.min(LANES, length - start);
      System.arraycopy(gradient, start, values, 0, count);
      for (int i = 0; i < count; i++) {
        lanes[i] = Math.fma(values[i], values[i], lanes[i]);
      }
    }
    double total = 0;
    for (int i = 0; i < LANES; i++) {
      total += lanes[i];
    }
    return total;
  }

  /** The means of the gradient, which is multiplied by {@code clip}, and of its square. */
  void moments(int length, float clip, float beta1, float beta2) {
    float[] g = gradient;
    float[] m = means;
    float[] s = squareMeans;
    float rest1 = 1 - beta1;
    float rest2 = 1 - beta2;
    for (int i = 0; i < length; i++) {
      float clipped = g[i] * clip;
      m[i] = Math.fma(beta1, m[i], rest1 * clipped);
      s[i] = Math.fma(beta2, s[i], rest2 * clipped * clipped);
    }
  }

  /**
   * The mean of the gradient, which is multiplied by {@code clip}; then, as Nesterov's momentum
   * looks ahead, gradient ← momentum · mean + (1 − momentum) · gradient.
   */
  void lookAhead(int length, float clip, float momentum) {
    float[] g = gradient;
    float[] m = means;
    float rest = 1 - momentum;
    for (int i = 0; i < length; i++) {
      float clipped = g[i] * clip;
      m[i] = Math.fma(momentum, m[i], rest * clipped);
      g[i] = Math.fma(momentum, m[i], rest * clipped);
    }
  }

  /** weights ← kept · weights − rate · gradient. */
  void move(int length, float kept, float rate) {
    float[] w = weights;
    float[] g = gradient;
    for (int i = 0; i < length; i++) {
      w[i] = Math.fma(kept, w[i], -rate * g[i]);
    }
  }

  /** weights ← kept · weights − rate · mean / (√squareMean + ε). */
  void update(int length, float kept, float rate) {
    float[] w = weights;
    float[] m = means;
    float[] s = squareMeans;
    for (int i = 0; i < length; i++) {
      float change = rate * m[i] / ((float) Math.sqrt(s[i]) + EPSILON);
      w[i] = Math.fma(kept, w[i], -change);
    }
  }

  /** averages ← kept · averages + (1 − kept) · weights. */
  void average(int length, float kept) {
    float[] a = averages;
    float[] w = weights;
    float taken = 1 - kept;
    for (int i = 0; i < length; i++) {
      a[i] = Math.fma(taken, w[i], kept * a[i]);
    }
  }
}
