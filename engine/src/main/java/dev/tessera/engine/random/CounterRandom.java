package dev.tessera.engine.random;

import java.util.random.RandomGenerator;

/**
 * Philox 4×32 with ten rounds (Salmon et al., SC 2011, section 3.3), keyed by a seed and a purpose,
 * starting at a counter given by a step.
 *
 * <p>Not thread-safe; make one for each use, they cost nothing.
 */
public final class CounterRandom implements RandomGenerator {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  private final int key0;
  private final int key1;
  private final long step;
  private long block;
  private long spare;
  private boolean hasSpare;

  /**
   * @param seed the seed of the run
   * @param purpose what the numbers are for, so that two uses never share a stream
   * @param step the training step, picture or sequence that they are for
   */
  public CounterRandom(long seed, String purpose, long step) {
    long key = mix(seed ^ mix(hash(purpose)));
    this.key0 = (int) key;
    this.key1 = (int) (key >>> 32);
    this.step = step;
  }

  @Override
  public long nextLong() {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = (int) step;
    int c3 = (int) (step >>> 32);
    block++;
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = MULTIPLIER_0 * (c0 & LOW);
      long p1 = MULTIPLIER_1 * (c2 & LOW);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    spare = (c2 & LOW) | ((long) c3 << 32);
    hasSpare = true;
    return (c0 & LOW) | ((long) c1 << 32);
  }

  /** A draw from the standard Gumbel distribution. */
  public double nextGumbel() {
    // 52 bits: with one more, the largest number would round to 1, whose draw is infinite.
    double open = (nextLong() >>> 12) * 0x1.0p-52 + 0x1.0p-53;
    return -Math.log(-Math.log(open));
  }

  /** Puts the indices 0 to n − 1 in a random order (Fisher and Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static long hash(String text) {
    long h = 0xCBF29CE484222325L;
    for (int i = 0; i < text.length(); i++) {
      h = (h ^ text.charAt(i)) * 0x100000001B3L;
    }
    return h;
  }

  /** The finaliser of SplitMix64: every input bit reaches every output bit. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
