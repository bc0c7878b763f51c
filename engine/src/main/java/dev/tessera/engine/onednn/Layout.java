package dev.tessera.engine.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * How a tensor lies in memory.
 *
 * @param type FLOAT, BFLOAT16 or INT32
 * @param sizes along each axis
 * @param strides in elements, along each axis
 */
public record Layout(DataType type, long[] sizes, long[] strides) {
  public Layout {
    if (sizes.length != strides.length) {
      throw new IllegalArgumentException(
          "sizes " + Arrays.toString(sizes) + " with strides " + Arrays.toString(strides));
    }
  }

  /** Row-major without gaps. */
  public static Layout dense(DataType type, long... sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    return new Layout(type, sizes, strides);
  }

  /** With gaps or in another order of axes. */
  public static Layout strided(DataType type, long[] sizes, long... strides) {
    return new Layout(type, sizes, strides);
  }

  /** The same memory with two axes exchanged. */
  public Layout transposed(int a, int b) {
    long[] otherSizes = sizes.clone();
    long[] otherStrides = strides.clone();
    otherSizes[a] = sizes[b];
    otherSizes[b] = sizes[a];
    otherStrides[a] = strides[b];
    otherStrides[b] = strides[a];
    return new Layout(type, otherSizes, otherStrides);
  }

  /** Number of elements. */
  public long length() {
    return Arrays.stream(sizes).reduce(1, Math::multiplyExact);
  }

  /** Size along an axis. */
  public long size(int axis) {
    return sizes[axis];
  }

  /** Elements from one index of an axis to the next. */
  public long stride(int axis) {
    return strides[axis];
  }

  memory.desc description() {
    return new memory.desc(sizes, dataType(type), strides);
  }

  static memory.data_type dataType(DataType type) {
    return switch (type) {
      case FLOAT -> memory.data_type.f32;
      case BFLOAT16 -> memory.data_type.bf16;
      default -> throw new IllegalArgumentException("oneDNN operations do not take " + type);
    };
  }
}
