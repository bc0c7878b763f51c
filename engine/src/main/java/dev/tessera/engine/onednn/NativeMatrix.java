package dev.tessera.engine.onednn;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.javacpp.indexer.ShortIndexer;
import org.bytedeco.javacpp.indexer.ShortRawIndexer;
import org.nd4j.linalg.api.buffer.DataType;

/** A row-major matrix that keeps its memory, in whole tiles of {@link PackedLinear#TILE} rows. */
public final class NativeMatrix {
  private final Kept kept;
  private final Tensor all;
  private final FloatBuffer floats;
  private final ShortBuffer halves;

  /** Of what is written one by one, anywhere in the memory. */
  private final ShortIndexer elements;

  // Where elements are moved from and to.
  private final Address from = new Address(0);
  private final Address to = new Address(0);

  private NativeMatrix(Kept kept, Layout layout) {
    this.kept = kept;
    all = new Tensor(layout, kept.address());
    boolean isAddressable = layout.length() * layout.type().width() <= Integer.MAX_VALUE;
    floats =
        isAddressable && layout.type() == DataType.FLOAT ? all.floats() : FloatBuffer.allocate(0);
    halves =
        isAddressable && layout.type() == DataType.BFLOAT16
            ? all.halves()
            : ShortBuffer.allocate(0);
    ShortPointer first = new ShortPointer(all.pointer());
    first.capacity(layout.type() == DataType.BFLOAT16 ? layout.length() : 0);
    elements = ShortRawIndexer.create(first);
  }

  /**
   * A matrix of zeros.
   *
   * @param type FLOAT or BFLOAT16
   * @param rows that are needed; there will be as many as fill tiles
   */
  public NativeMatrix(OneDnn dnn, DataType type, int rows, int columns) {
    this(dnn, layout(type, rows, columns));
    long bytes = all.length() * type.width();
    new BytePointer(all.pointer()).capacity(bytes).fill(0);
  }

  private NativeMatrix(OneDnn dnn, Layout layout) {
    this(new Kept(dnn.allocate(layout.description())), layout);
  }

  /** A matrix of anything: memory that is not written to need not exist. */
  public static NativeMatrix uninitialised(Arena arena, DataType type, int rows, int columns) {
    Layout layout = layout(type, rows, columns);
    return new NativeMatrix(arena.take(layout.description()), layout);
  }

  private static Layout layout(DataType type, int rows, int columns) {
    return Layout.dense(type, (long) tiles(rows) * PackedLinear.TILE, columns);
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
    return rows(tile * PackedLinear.TILE, PackedLinear.TILE, from, to);
  }

  /** Columns {@code from} to {@code to} of some rows from {@code first} on. */
  public Tensor rows(int first, int count, int from, int to) {
    return all.at(
        (long) first * columns() + from,
        Layout.strided(all.layout().type(), new long[] {count, to - from}, columns(), 1));
  }

  /** Some rows from {@code first} on. */
  public Tensor rows(int first, int count) {
    return all.at((long) first * columns(), Layout.dense(all.layout().type(), count, columns()));
  }

  /** Where the element at an offset lies. */
  public long address(long offset) {
    return kept.address() + offset * all.layout().type().width();
  }

  /** The same memory in a layout that it is large enough for. */
  public Tensor as(Layout layout) {
    return all.as(layout);
  }

  /** Writes one element, of a BFLOAT16 matrix. */
  public void put(long offset, short value) {
    elements.put(offset, value);
  }

  /** Makes {@code count} elements from an offset on 0. */
  public void clear(long offset, long count) {
    to.set(address(offset));
    Pointer.memset(to, 0, count * all.layout().type().width());
  }

  /** Moves {@code count} elements; the places may overlap. */
  public void move(long offset, long target, long count) {
    from.set(address(offset));
    to.set(address(target));
    Pointer.memmove(to, from, count * all.layout().type().width());
  }

  /** Writes {@code count} values from a row's {@code column} on; of a FLOAT matrix. */
  public void put(int row, int column, float[] values, int from, int count) {
    floats.put(row * columns() + column, values, from, count);
  }

  /** Reads {@code count} values from a row's {@code column} on; of a BFLOAT16 matrix. */
  public void get(int row, int column, short[] values, int from, int count) {
    halves.get(row * columns() + column, values, from, count);
  }

  /** Writes {@code count} values from a row's {@code column} on; of a BFLOAT16 matrix. */
  public void put(int row, int column, short[] values, int from, int count) {
    halves.put(row * columns() + column, values, from, count);
  }

  /** Reads {@code count} values from a row's {@code column} on; of a FLOAT matrix. */
  public void get(int row, int column, float[] values, int from, int count) {
    floats.get(row * columns() + column, values, from, count);
  }

  /** Elements of a row. */
  public int columns() {
    return (int) all.size(1);
  }
}
