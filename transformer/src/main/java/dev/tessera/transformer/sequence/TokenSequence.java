package dev.tessera.transformer.sequence;

/**
 * One pair of text and picture as the model sees it: five arrays of length T.
 *
 * @param tokens token ids of the inputs, tokens 0 … T − 1 of the sequence
 * @param positions positions of the inputs
 * @param targetPositions positions of the tokens to be predicted
 * @param targets token ids to be predicted, tokens 1 … T of the sequence
 * @param weights what each prediction counts: {@link #CONDITION_WEIGHT} or {@link #TARGET_WEIGHT}
 *     by the role of its modality, 0 for pads and for a dropped caption
 */
public record TokenSequence(
    int[] tokens, int[] positions, int[] targetPositions, int[] targets, float[] weights) {
  /** Weight of the modality that comes first. */
  public static final float CONDITION_WEIGHT = 1 / 8f;

  /** Weight of the modality that follows. */
  public static final float TARGET_WEIGHT = 7 / 8f;

  public TokenSequence {
    requireLength("positions", positions.length, tokens.length);
    requireLength("target positions", targetPositions.length, tokens.length);
    requireLength("targets", targets.length, tokens.length);
    requireLength("weights", weights.length, tokens.length);
  }

  /** Inputs, T. */
  public int length() {
    return tokens.length;
  }

  private static void requireLength(String name, int length, int expected) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "a sequence of " + expected + " tokens has " + length + " " + name);
    }
  }
}
