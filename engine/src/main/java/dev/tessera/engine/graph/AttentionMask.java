package dev.tessera.engine.graph;

/**
 * Which inputs of a sequence may look at which. Inputs count from 0; nothing looks ahead.
 *
 * <p>Geometric patterns go by the distance between two tokens of the picture in raster order, so
 * that rows wrap around at the edges of the picture, as in DALL-E's figure 11: a row of the width W
 * reaches back W tokens, a column every W-th, a square as far as its half to both sides of each of
 * these.
 *
 * @param pattern in general
 * @param grid the picture that geometric patterns are about; {@link TokenGrid#NONE} for the others,
 *     whatever is given. A geometric pattern without a picture sees everything before it.
 */
public record AttentionMask(MaskPattern pattern, TokenGrid grid) {
  public AttentionMask {
    if (!pattern.isGeometric()) {
      grid = TokenGrid.NONE;
    }
  }

  /** A pattern for which it does not matter where a picture is. */
  public static AttentionMask of(MaskPattern pattern) {
    if (pattern.isGeometric()) {
      throw new IllegalArgumentException(pattern + " needs to know where the picture is");
    }
    return new AttentionMask(pattern, TokenGrid.NONE);
  }

  /** Whether input {@code query} may look at input {@code key}. */
  public boolean attends(int query, int key) {
    if (key > query) {
      return false;
    }
    int distance = query - key;
    return switch (pattern) {
      case CAUSAL -> true;
      case LOCAL -> key == 0 || distance < MaskPattern.WINDOW;
      case ROW -> leavesPicture(query, key) || distance <= grid.width();
      case COLUMN -> leavesPicture(query, key) || distance % grid.width() == 0;
      case CONV -> leavesPicture(query, key) || isInSquare(distance);
    };
  }

  private boolean leavesPicture(int query, int key) {
    return !grid.contains(query) || !grid.contains(key);
  }

  /** Rows up and columns to either side, both within reach. */
  private boolean isInSquare(int distance) {
    int reach = grid.reach();
    int rows = (distance + reach) / grid.width();
    return rows <= reach && distance - rows * grid.width() <= reach;
  }
}
