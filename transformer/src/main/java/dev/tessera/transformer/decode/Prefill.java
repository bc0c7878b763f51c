package dev.tessera.transformer.decode;

import dev.tessera.transformer.sequence.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Runs the conditions of many rows through a decoder, equal ones only once. */
final class Prefill {
  /** Inputs that are given before it is asked again whether anybody wants them. */
  static final int BETWEEN_CHECKS = 64;

  private Prefill() {}

  /**
   * What a row begins with.
   *
   * @param tokens token ids, the order token first
   * @param positions of these tokens and of the one that follows; more may be there
   */
  record Condition(int[] tokens, int[] positions) {
    /** The order token of a layout, then the ids of the parts that follow it. */
    static Condition of(Layout layout, int[]... parts) {
      IntStream tokens = Arrays.stream(parts).flatMapToInt(Arrays::stream);
      return new Condition(
          IntStream.concat(IntStream.of(layout.orderToken()), tokens).toArray(),
          layout.positions());
    }

    int lastToken() {
      return tokens[tokens.length - 1];
    }

    boolean isSame(Condition other) {
      int places = tokens.length + 1;
      return Arrays.equals(tokens, other.tokens)
          && Arrays.equals(positions, 0, places, other.positions, 0, places);
    }
  }

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
    run(
        decoder,
        conditions.stream().map(tokens -> new Condition(tokens, positions)).toList(),
        cancelled);
  }

  /**
   * Leaves the decoder with one row for each condition, all but the last token of it given.
   *
   * @param conditions all with as many tokens
   * @throws CancellationException if cancelled
   */
  static void run(
      IncrementalDecoder decoder, List<Condition> conditions, BooleanSupplier cancelled) {
    List<Condition> distinct = new ArrayList<>();
    int[] parents = new int[conditions.size()];
    for (int row = 0; row < parents.length; row++) {
      parents[row] = indexOf(distinct, conditions.get(row));
      if (parents[row] == distinct.size()) {
        distinct.add(conditions.get(row));
      }
    }
    int rows = distinct.size();
    decoder.start(rows);
    int[][] tokens = new int[rows][];
    int[][] positions = new int[rows][];
    int[][] targets = new int[rows][];
    for (int row = 0; row < rows; row++) {
      tokens[row] = distinct.get(row).tokens();
      positions[row] = distinct.get(row).positions();
      targets[row] = Arrays.copyOfRange(positions[row], 1, tokens[row].length + 1);
    }
    int end = tokens[0].length - 1;
    for (int at = 0; at < end; at = decoder.length()) {
      check(cancelled);
      int next = Math.min(end, at + BETWEEN_CHECKS);
      decoder.give(tokens, positions, targets, next, Range.NONE, (row, input, logits) -> {});
    }
    decoder.reorder(parents);
  }

  /** Ends work that nobody wants any more. */
  static void check(BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("cancelled");
    }
  }

  private static int indexOf(List<Condition> conditions, Condition wanted) {
    int index = 0;
    while (index < conditions.size() && !conditions.get(index).isSame(wanted)) {
      index++;
    }
    return index;
  }
}
