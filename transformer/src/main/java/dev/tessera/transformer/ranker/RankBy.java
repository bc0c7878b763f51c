package dev.tessera.transformer.ranker;

/** What pictures are put in order by, for a prompt. */
public enum RankBy {
  /**
   * How likely the generator finds the prompt given the picture (Ding et al., <i>CogView</i>, 2021,
   * section 3.3): its logarithm, in nats.
   */
  LIKELIHOOD,
  /** How well the {@link Ranker} of the bundle finds that they fit: a cosine, −1 to 1. */
  RANKER,
  /**
   * All that the bundle has: the likelihood, the ranker and naming, in the sum of {@link
   * dev.tessera.transformer.naming.CaptionFit}.
   */
  ALL
}
