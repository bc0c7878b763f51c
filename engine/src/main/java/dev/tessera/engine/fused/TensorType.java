package dev.tessera.engine.fused;

import dev.tessera.engine.onednn.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;

/** Element type and shape of a dense, row-major tensor. */
public record TensorType(DataType type, long[] shape) {
  static TensorType of(DataType type, long... shape) {
    return new TensorType(type, shape);
  }

  static TensorType floats(long... shape) {
    return new TensorType(DataType.FLOAT, shape);
  }

  TensorType with(DataType other) {
    return new TensorType(other, shape);
  }

  long size(int axis) {
    return shape[axis];
  }

  /** Number of elements. */
  public long length() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  Layout layout() {
    return Layout.dense(type, shape);
  }
}
