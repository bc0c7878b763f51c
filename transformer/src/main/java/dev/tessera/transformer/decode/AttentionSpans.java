package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.MaskPattern;

/** The earlier inputs that one query attends to, as runs of neighbours. */
final class AttentionSpans {
  private final MaskPattern pattern;

  /** Start and end (exclusive) of each run. */
  private final int[] bounds;

  private int runs;

  AttentionSpans(MaskPattern pattern, int maximumLength) {
    this.pattern = pattern;
    this.bounds = new int[maximumLength + 2];
  }

  /** Finds the runs of a query. */
  void update(int query) {
    int count = 0;
    boolean inside = false;
    for (int key = 0; key <= query; key++) {
      if (pattern.attends(query, key) != inside) {
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
