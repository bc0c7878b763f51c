package dev.tessera.engine.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A row-major matrix in memory of its own, zero at first, in whole tiles of {@link
 * PackedLinear#TILE} rows.
 */
public final class NativeMatrix {
  private final memory owner;
  private final Tensor all;
  private final FloatBuffer floats;

  /**
   * @param type FLOAT or BFLOAT16
   * @param rows that are needed; there will be as many as fill tiles
   */
  public NativeMatrix(OneDnn dnn, DataType type, int rows, int columns) {
    Layout layout = Layout.dense(type, (long) tiles(rows) * PackedLinear.TILE, columns);
    owner = dnn.allocate(layout.description());
    long bytes = layout.length() * type.width();
    new BytePointer(owner.get_data_handle()).capacity(bytes).fill(0);
    all = new Tensor(layout, owner.get_data_handle().address());
    floats = type == DataType.FLOAT ? all.floats() : FloatBuffer.allocate(0);
  }

  /** How many tiles hold a number of rows. */
  public static int tiles(int rows) {
    return (rows + PackedLinear.TILE - 1) / PackedLinear.TILE;
  }

  /** All columns of a tile. */
  public Tensor tile(int tile) {
    return tile(tile, 0, columns());
  }

  /** Columns {@code from} to {@code to} of a tile. */
  public Tensor tile(int tile, int from, int to) {
    return all.at(
        (long) tile * PackedLinear.TILE * columns() + from,
        Layout.strided(
            all.layout().type(), new long[] {PackedLinear.TILE, to - from}, columns(), 1));
  }

  /** Writes {@code count} values from a row's {@code column} on; of a FLOAT matrix. */
  public void put(int row, int column, float[] values, int from, int count) {
    floats.put(row * columns() + column, values, from, count);
  }

  /** Reads {@code count} values from a row's {@code column} on; of a FLOAT matrix. */
  public void get(int row, int column, float[] values, int from, int count) {
    floats.get(row * columns() + column, values, from, count);
  }

  private int columns() {
    return (int) all.size(1);
  }
}
