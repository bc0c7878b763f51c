package dev.tessera.engine.graph;

/**
 * Where the tokens of a picture stand among the inputs of a sequence: row after row, without gaps.
 *
 * @param first input of the picture's first token, counted from 0
 * @param height tokens from top to bottom, 0 or more
 * @param width tokens from left to right, 1 or more
 */
public record TokenGrid(int first, int height, int width) {
  /** No input is known to be a token of a picture. */
  public static final TokenGrid NONE = new TokenGrid(0, 0, 1);

  public TokenGrid {
    if (first < 0 || height < 0 || width < 1) {
      throw new IllegalArgumentException(
          "a grid of %d x %d tokens from input %d: none may be negative, nor the width zero"
              .formatted(height, width, first));
    }
  }

  /** Whether an input is a token of the picture. */
  public boolean contains(int input) {
    return input >= first && input - first < height * width;
  }

  /**
   * Sides of the square that {@link MaskPattern#CONV} looks at: about a third of the width, which
   * is DALL-E's 11 at its width of 32.
   */
  public int kernel() {
    return 2 * reach() + 1;
  }

  /** Tokens from the middle of that square to its edge. */
  int reach() {
    return Math.min(Math.max(1, width / 6), (width - 1) / 2);
  }
}
