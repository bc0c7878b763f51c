package dev.tessera.engine.graph;

/**
 * Which earlier inputs of a sequence a layer may attend to, the input itself always among them;
 * {@link AttentionMask} is the precise definition.
 *
 * <p>The last three are those of DALL-E (Ramesh et al., 2021, appendix B.1, figure 11): tokens of a
 * picture see few of the picture's other tokens, and everything else is seen by all.
 */
public enum MaskPattern {
  /** Every earlier input. */
  CAUSAL,
  /** The first input and the last {@value #WINDOW}: cheap layers between full ones. */
  LOCAL,
  /** Of the picture as many tokens back as reach the one right above. */
  ROW,
  /** Of the picture the tokens right above, up to its first row. */
  COLUMN,
  /**
   * Of the picture the tokens above and to the left within a square of {@link TokenGrid#kernel}.
   */
  CONV;

  /** Positions that {@link #LOCAL} reaches back, itself included. */
  public static final int WINDOW = 64;

  /** Whether it matters where the picture is. */
  public boolean isGeometric() {
    return switch (this) {
      case CAUSAL, LOCAL -> false;
      case ROW, COLUMN, CONV -> true;
    };
  }
}
