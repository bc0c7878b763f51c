package dev.tessera.vqvae.training;

import dev.tessera.engine.random.CounterRandom;

/**
 * Endless passes over a set, each in an order of its own. Which example comes at a place depends on
 * the seed and the place alone.
 */
public final class EpochOrder {
  private final int[] examples;
  private final long seed;
  private final String purpose;
  private long epoch = -1;
  private int[] order = {};

  /**
   * @param examples what to draw from; not empty
   */
  public EpochOrder(int[] examples, long seed, String purpose) {
    if (examples.length == 0) {
      throw new IllegalArgumentException("there is nothing to train on");
    }
    this.examples = examples.clone();
    this.seed = seed;
    this.purpose = purpose;
  }

  /** The example at a place of the endless sequence, from 0 on. */
  public int at(long place) {
    long wanted = place / examples.length;
    if (wanted != epoch) {
      order = new CounterRandom(seed, purpose, wanted).permutation(examples.length);
      epoch = wanted;
    }
    return examples[order[(int) (place % examples.length)]];
  }

  /** Which pass a place belongs to, from 0 on. */
  public long epochOf(long place) {
    return place / examples.length;
  }
}
