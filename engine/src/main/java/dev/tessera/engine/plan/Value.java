package dev.tessera.engine.plan;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One tensor of a plan. A view shares the storage of its root. */
final class Value {
  /** {@link #lastUse} of a value that is never freed. */
  static final int KEPT = Integer.MAX_VALUE;

  final String name;
  final DataType type;
  final long[] shape;

  /** The value whose storage this one shows; itself for most. */
  final Value root;

  /** In elements. */
  final long[] stride;

  /** Known while compiling: a constant of the graph, or computed from such. */
  final boolean constant;

  /**
   * Set from the start for placeholders, parameters and constants; for others by {@link #place} or
   * {@link #bind}.
   */
  private @Nullable INDArray array;

  /** The storage that a kept value is to have; null if any will do. */
  @Nullable DataBuffer home;

  @Nullable Slot slot;
  int lastUse = -1;

  /** A value with storage of its own, which is yet to be found. */
  Value(String name, DataType type, long[] shape) {
    this(name, type, shape, rowMajor(shape), null, null, false);
  }

  /** A value that has its array already. */
  Value(String name, INDArray array, boolean constant) {
    this(name, array.dataType(), array.shape(), rowMajor(array.shape()), null, array, constant);
  }

  private Value(
      String name,
      DataType type,
      long[] shape,
      long[] stride,
      @Nullable Value root,
      @Nullable INDArray array,
      boolean constant) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.stride = stride;
    this.root = root == null ? this : root;
    this.array = array;
    this.constant = constant;
  }

  /** Another look at this value's storage. */
  Value view(String viewName, long[] viewShape, long[] viewStride) {
    return new Value(viewName, type, viewShape, viewStride, root, null, false);
  }

  /** Whether the storage exists independently of the plan, and no step may overwrite it. */
  boolean isFixed() {
    return root.slot == null && root.array != null;
  }

  /** Whether the elements lie in row-major order without gaps. */
  boolean isDense() {
    return java.util.Arrays.equals(stride, rowMajor(shape));
  }

  long length() {
    long n = 1;
    for (long size : shape) {
      n *= size;
    }
    return n;
  }

  /** The array if it is there already. */
  @Nullable INDArray known() {
    return array;
  }

  /** The array, made over the slot of the root if need be. */
  INDArray bind() {
    if (array == null) {
      DataBuffer buffer = root.slot == null ? root.bind().data() : root.slot.buffer();
      array = Nd4j.create(buffer, shape, stride, 0, 'c', type);
    }
    return array;
  }

  /** Gives the value an array that exists independently of the plan. */
  void place(INDArray home) {
    array = home;
  }

  static long[] rowMajor(long[] shape) {
    long[] stride = new long[shape.length];
    long n = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      stride[i] = n;
      n *= shape[i];
    }
    return stride;
  }
}
