package dev.tessera.engine.onednn;

import org.bytedeco.dnnl.memory;

/**
 * Matrices of bfloat16 numbers, one after the other, as products read them on their right side: in
 * blocks of columns, one after the other; within a block by pairs of rows, the two numbers of a
 * column side by side. Products read such matrices from one end to the other, as memory is read
 * fastest.
 *
 * <p>Columns are filled up to whole blocks, rows to multiples of {@value #ROWS}; the rows that this
 * adds must be 0.
 *
 * @param count of the matrices
 * @param rows of each
 * @param columns of each
 * @param blocks of columns
 */
public record PairedMatrices(long count, long rows, long columns, Blocks blocks) {
  /** What rows are filled up to multiples of. */
  public static final int ROWS = 32;

  private static final int PAIR = 2;

  /** The width of blocks. */
  public enum Blocks {
    /** All that is written to add a column are lines of the cache that follow each other. */
    OF_16(16),
    /** What is written to add a row is in half as many places as with the other. */
    OF_32(32);

    private final int width;

    Blocks(int width) {
      this.width = width;
    }

    /** Columns of a block. */
    public int width() {
      return width;
    }

    /** Elements of a block of matrices with a number of rows. */
    public int size(int rows) {
      return filledUp(rows) * width;
    }

    /** Elements from the start of a block to a row's number in its first column. */
    public int row(int row) {
      return row / PAIR * (PAIR * width) + row % PAIR;
    }

    /** Elements from the start of a column's block to the column's number in the first row. */
    public int column(int column) {
      return column % width * PAIR;
    }
  }

  /** Rows as they are filled up. */
  public static int filledUp(int rows) {
    return (rows + ROWS - 1) / ROWS * ROWS;
  }

  memory.desc description() {
    return new memory.desc(
        new long[] {count, rows, columns},
        memory.data_type.bf16,
        switch (blocks) {
          case OF_16 -> memory.format_tag.aCB16b16c2b;
          case OF_32 -> memory.format_tag.aCB16b32c2b;
        });
  }
}
