package dev.tessera.transformer.decode;

/**
 * How the scale of guidance goes while a picture is drawn. Early tokens decide what the picture is;
 * a scale that grows leaves them to the model's own variety and binds the rest to the prompt (Chang
 * et al., <i>Muse</i>, 2023, section 2.7).
 */
public enum GuidanceSchedule {
  /** The same for every token. */
  CONSTANT,
  /** From none at the first token evenly to all at the last. */
  LINEAR,
  /** From none at the first token to all at the last, slowly at both ends. */
  COSINE;

  /**
   * The scale for one token.
   *
   * @param guidance the scale that the schedule is about; 1 is none
   * @param token index among the tokens that are drawn, 0 to {@code tokens} − 1
   * @param tokens that are drawn, 1 or more
   */
  public double scale(double guidance, int token, int tokens) {
    double share = tokens == 1 ? 1 : (double) token / (tokens - 1);
    return switch (this) {
      case CONSTANT -> guidance;
      case LINEAR -> 1 + (guidance - 1) * share;
      case COSINE -> 1 + (guidance - 1) * (1 - Math.cos(Math.PI * share)) / 2;
    };
  }
}
