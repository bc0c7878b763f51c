package dev.tessera.transformer.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Runs the conditions of many rows through a decoder, equal ones only once. */
final class Prefill {
  private Prefill() {}

  /**
   * Leaves the decoder with one row for each condition, all but the last token of it given.
   *
   * @param conditions token ids, the order token first, all of the same length
   * @param positions positions of the whole sequence
   * @throws CancellationException if cancelled
   */
  static void run(
      IncrementalDecoder decoder,
      List<int[]> conditions,
      int[] positions,
      BooleanSupplier cancelled) {
    List<int[]> distinct = new ArrayList<>();
    int[] parents = new int[conditions.size()];
    for (int row = 0; row < parents.length; row++) {
      parents[row] = indexOf(distinct, conditions.get(row));
      if (parents[row] == distinct.size()) {
        distinct.add(conditions.get(row));
      }
    }
    decoder.start(distinct.size());
    int[] tokens = new int[distinct.size()];
    for (int i = 0; i < conditions.get(0).length - 1; i++) {
      check(cancelled);
      for (int row = 0; row < tokens.length; row++) {
        tokens[row] = distinct.get(row)[i];
      }
      decoder.step(tokens, positions[i], positions[i + 1], Range.NONE);
    }
    decoder.reorder(parents);
  }

  /** Ends work that nobody wants any more. */
  static void check(BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("cancelled");
    }
  }

  private static int indexOf(List<int[]> arrays, int[] wanted) {
    int index = 0;
    while (index < arrays.size() && !Arrays.equals(arrays.get(index), wanted)) {
      index++;
    }
    return index;
  }
}
