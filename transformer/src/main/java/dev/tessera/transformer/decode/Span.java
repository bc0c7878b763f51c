package dev.tessera.transformer.decode;

/**
 * Some columns, or rows, that follow each other.
 *
 * @param from the first
 * @param to the end
 */
record Span(int from, int to) {
  /** A member's columns. */
  static Span of(Panels panels, int member, int members) {
    return new Span(panels.firstColumn(member, members), panels.firstColumn(member + 1, members));
  }

  Span shifted(int by) {
    return new Span(from + by, to + by);
  }

  int length() {
    return to - from;
  }
}
