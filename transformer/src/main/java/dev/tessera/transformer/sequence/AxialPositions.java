package dev.tessera.transformer.sequence;

import dev.tessera.transformer.TransformerConfig;

/**
 * The table of positions as sums of the rows of a smaller one, which has a row for the order token
 * and each text slot, then one for each row of the picture, then one for each column.
 *
 * @param config the model that the positions are for
 */
public record AxialPositions(TransformerConfig config) {
  /** Rows of the smaller table, 1 + Nt + H' + W'. */
  public int rows() {
    return firstColumn() + config.gridWidth();
  }

  /** Rows that are summed for a position. */
  public int[] rowsOf(int position) {
    if (position < firstRow()) {
      return new int[] {position};
    }
    int slot = position - firstRow();
    int row = slot / config.gridWidth();
    int column = slot % config.gridWidth();
    return new int[] {firstRow() + row, firstColumn() + column};
  }

  /** How often each row counts for each position: [P, rows], row-major. */
  public float[] counts() {
    int positions = new Vocabulary(config).positions();
    float[] counts = new float[positions * rows()];
    for (int position = 0; position < positions; position++) {
      for (int row : rowsOf(position)) {
        counts[position * rows() + row]++;
      }
    }
    return counts;
  }

  private int firstRow() {
    return new Vocabulary(config).imagePosition(0);
  }

  private int firstColumn() {
    return firstRow() + config.gridHeight();
  }
}
