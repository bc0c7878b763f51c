package dev.tessera.engine.graph;

import java.util.List;

/**
 * Columns of logits that a softmax goes over, and how many rows do so.
 *
 * @param first column, 0 or more
 * @param end column after the last, above {@code first}
 * @param rows how many rows of every batch use this range, 0 or more
 */
public record ColumnRange(long first, long end, long rows) {
  public ColumnRange {
    if (first < 0 || end <= first || rows < 0) {
      throw new IllegalArgumentException(
          "a range of columns is " + first + " to " + end + " for " + rows + " rows");
    }
  }

  /** Fails unless every row has a range and every range lies within the columns. */
  public static void requireFitting(List<ColumnRange> ranges, long rows, long columns) {
    long ranged = ranges.stream().mapToLong(ColumnRange::rows).sum();
    if (ranged != rows) {
      throw new IllegalArgumentException(
          "ranges of columns are for " + ranged + " rows, but there are " + rows);
    }
    for (ColumnRange range : ranges) {
      if (range.end > columns) {
        throw new IllegalArgumentException(range + " reaches past the " + columns + " columns");
      }
    }
  }
}
