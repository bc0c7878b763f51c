package dev.tessera.transformer.decode;

/**
 * A matrix's columns in parts of which threads take whole ones.
 *
 * @param columns of the matrix
 * @param width of each panel; the last may be narrower
 */
record Panels(int columns, int width) {
  /** Panels of a matrix at most; more threads than these have nothing to do. */
  static final int MAXIMUM = 8;

  private static final int MINIMUM_WIDTH = 64;
  private static final int MULTIPLE = 32;

  /** At most {@value #MAXIMUM} panels, none of them so narrow that a call is the main cost. */
  static Panels of(int columns) {
    int even = (columns + MAXIMUM - 1) / MAXIMUM;
    int rounded = (even + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    return new Panels(columns, Math.max(MINIMUM_WIDTH, rounded));
  }

  /** The same of the channels of attention heads, each head in one panel. */
  static Panels ofHeads(int heads, int headWidth) {
    int even = (heads + MAXIMUM - 1) / MAXIMUM;
    int perPanel = Math.max(even, Math.max(1, MINIMUM_WIDTH / headWidth));
    return new Panels(heads * headWidth, perPanel * headWidth);
  }

  /** How many there are. */
  int count() {
    return (columns + width - 1) / width;
  }

  /** First column of a panel; of the one after the last, the number of columns. */
  int start(int panel) {
    return Math.min(columns, panel * width);
  }

  /** The first panel of a member of a team; of the one after the last, the number of panels. */
  int first(int member, int members) {
    return count() * member / members;
  }

  /** First column of a member of a team. */
  int firstColumn(int member, int members) {
    return start(first(member, members));
  }
}
