package dev.tessera.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import org.nd4j.linalg.api.buffer.DataType;

/** Rows written as FLOAT and read by products as BFLOAT16. */
public final class RoundedMatrix {
  private final NativeMatrix exact;
  private final NativeMatrix rounded;

  /**
   * @param rows that are needed; there will be as many as fill tiles
   */
  public RoundedMatrix(OneDnn dnn, int rows, int columns) {
    exact = new NativeMatrix(dnn, DataType.FLOAT, rows, columns);
    rounded = new NativeMatrix(dnn, DataType.BFLOAT16, rows, columns);
  }

  /** Writes {@code count} values from a row's {@code column} on. */
  public void put(int row, int column, float[] values, int from, int count) {
    exact.put(row, column, values, from, count);
  }

  /** What rounds columns {@code from} to {@code to} of a tile. */
  public Call rounding(OneDnn dnn, int tile, int from, int to) {
    Tensor source = exact.tile(tile, from, to);
    Tensor target = rounded.tile(tile, from, to);
    return dnn.reorder(source.layout(), target.layout())
        .with(DNNL_ARG_FROM, source)
        .and(DNNL_ARG_TO, target)
        .call();
  }

  /** All columns of a tile, as products read them. */
  public Tensor tile(int tile) {
    return rounded.tile(tile);
  }
}
