package dev.tessera.transformer.sequence;

/** Which of text and picture is the condition, and so comes first. */
public enum Direction {
  /** Text, then picture: for sampling pictures. */
  FORWARD(Vocabulary.FORWARD, TokenSequence.CONDITION_WEIGHT, TokenSequence.TARGET_WEIGHT),
  /** Picture, then text: for captions. */
  REVERSE(Vocabulary.REVERSE, TokenSequence.TARGET_WEIGHT, TokenSequence.CONDITION_WEIGHT);

  private final int orderToken;
  private final float textWeight;
  private final float imageWeight;

  Direction(int orderToken, float textWeight, float imageWeight) {
    this.orderToken = orderToken;
    this.textWeight = textWeight;
    this.imageWeight = imageWeight;
  }

  /** Id of the token that opens a sequence of this direction. */
  public int orderToken() {
    return orderToken;
  }

  /** What the text counts in the loss, {@code 1/8} or {@code 7/8}. */
  public float textWeight() {
    return textWeight;
  }

  /** What the picture counts in the loss, {@code 7/8} or {@code 1/8}. */
  public float imageWeight() {
    return imageWeight;
  }
}
