package dev.tessera.transformer.decode;

/**
 * The rows of a matrix in two halves, each of which makes a product of its own: what is added to
 * the residual stream is the sum of both. So many there are for any number of members, so that bits
 * do not depend on it. Of two members each takes one half, the one whose inputs it has computed
 * itself, and need not wait for the other's.
 *
 * @param middle first row of the second half
 * @param end of the rows
 */
record Halves(int middle, int end) {
  static final int COUNT = 2;

  /** Of columns that two members would share out so. */
  static Halves of(Panels panels) {
    return new Halves(panels.firstColumn(1, COUNT), panels.columns());
  }

  /** Whether members need inputs of others. */
  static boolean areShared(int members) {
    return members > COUNT;
  }

  /** The first one that is not empty. */
  int first() {
    return middle > 0 ? 0 : 1;
  }

  /** The rows of a half: the first has none if there is but one panel. */
  Span rows(int half) {
    return half == 0 ? new Span(0, middle) : new Span(middle, end);
  }

  /** A member's columns of the product of a half. */
  static Span columns(int columns, int half, int member, int members) {
    if (members == COUNT) {
      return new Span(0, member == half ? columns : 0);
    }
    return Span.of(Panels.of(columns), member, members);
  }
}
