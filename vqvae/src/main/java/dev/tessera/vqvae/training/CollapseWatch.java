package dev.tessera.vqvae.training;

import java.util.Locale;
import java.util.Optional;

/**
 * Notices that a codebook has collapsed: that for many steps on end so few codes were in use, or so
 * unevenly, that pictures cannot be told apart by them.
 */
public final class CollapseWatch {
  /** Share of the codebook that perplexity stays above unless it has collapsed. */
  private static final double LEAST_SHARE = 0.01;

  /** Perplexity that even a small codebook stays above. */
  private static final double LEAST_PERPLEXITY = 1.5;

  private final int codes;
  private final int patience;
  private long since = -1;

  /**
   * @param codes K
   * @param patience steps on end that it takes, ≥ 1
   */
  public CollapseWatch(int codes, int patience) {
    this.codes = codes;
    this.patience = patience;
  }

  /**
   * Takes in what a step measured.
   *
   * @param step steps done
   * @return what is wrong and what to do, in one sentence, once it has gone on for too long
   */
  public Optional<String> check(long step, double used, double perplexity) {
    if (perplexity >= Math.max(LEAST_PERPLEXITY, LEAST_SHARE * codes)) {
      since = -1;
      return Optional.empty();
    }
    if (since < 0) {
      since = step;
    }
    if (step - since < patience) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "the codebook collapsed: since step %d the pictures use %d of %d codes with a"
                + " perplexity of %.1f, so that training on would be of no use (a checkpoint was"
                + " saved); use the quantiser fsq, which cannot collapse, or for gumbel logits:"
                + " distances and a larger usageWeight, for vq a larger revivalShare, for lfq a"
                + " larger entropyWeight, or a lower learning rate, and look whether the pictures are all alike",
            since,
            Math.round(used * codes),
            codes,
            perplexity));
  }
}
