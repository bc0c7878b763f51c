package dev.tessera.transformer;

/** How the tokens of a sequence know where they are; {@code target} is always learned. */
public enum PositionEncoding {
  /** A learned vector for every position. */
  ABSOLUTE,
  /**
   * A learned vector for every text slot, every row and every column; an image slot has the sum of
   * its row's and its column's (Ramesh et al., 2021, appendix B.1).
   */
  AXIAL,
  /**
   * Queries and keys turn with their position, half of the channels with the row and half with the
   * column; text goes along the diagonal (Su et al., <i>RoFormer</i>, 2021; Wang et al.,
   * <i>Qwen2-VL</i>, 2024, section 2.1). What is to be predicted has a learned vector of its own,
   * as with {@link #ABSOLUTE}.
   */
  ROTARY
}
