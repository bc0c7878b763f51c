package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.AttentionMask;

/** The earlier inputs that one query attends to, as runs of neighbours. */
final class AttentionSpans {
  private final AttentionMask mask;

  /** Start and end (exclusive) of each run. */
  private final int[] bounds;

  private int runs;
  private int query = -1;

  AttentionSpans(AttentionMask mask, int maximumLength) {
    this.mask = mask;
    this.bounds = new int[maximumLength + 2];
  }

  /** Finds the runs of a query, of which itself is always one. */
  void update(int next) {
    if (query == next) {
      return;
    }
    query = next;
    int count = 0;
    boolean inside = false;
    for (int key = 0; key <= query; key++) {
      if (mask.attends(query, key) != inside) {
        bounds[count++] = key;
        inside = !inside;
      }
    }
    if (inside) {
      bounds[count++] = query + 1;
    }
    runs = count / 2;
  }

  int runs() {
    return runs;
  }

  int start(int run) {
    return bounds[2 * run];
  }

  int end(int run) {
    return bounds[2 * run + 1];
  }
}
