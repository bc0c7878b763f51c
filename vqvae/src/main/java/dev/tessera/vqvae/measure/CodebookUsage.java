package dev.tessera.vqvae.measure;

import java.util.Arrays;

/** How many codes are in use, and how evenly. */
public final class CodebookUsage {
  private final long[] counts;

  /**
   * @param codes K
   */
  public CodebookUsage(int codes) {
    counts = new long[codes];
  }

  /** Counts the codes of a picture. */
  public void add(int[] codes) {
    for (int code : codes) {
      counts[code]++;
    }
  }

  /** Forgets half of what was counted, so that usage follows a codebook that changes. */
  public void fade() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] /= 2;
    }
  }

  /** The share of the codes that were counted, 0 to 1. */
  public double used() {
    return (double) Arrays.stream(counts).filter(count -> count > 0).count() / counts.length;
  }

  /** exp of the entropy of the codes in nats: K if all are equally frequent, 1 if one is alone. */
  public double perplexity() {
    double total = Arrays.stream(counts).sum();
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        entropy -= count / total * Math.log(count / total);
      }
    }
    return Math.exp(entropy);
  }
}
