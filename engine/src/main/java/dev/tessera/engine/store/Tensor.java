package dev.tessera.engine.store;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An array of 32-bit floats.
 *
 * @param shape sizes of the dimensions, outermost first, each at least 0; none for a single number
 * @param data the values in row-major order, as many as the product of the sizes; not copied
 */
public record Tensor(long[] shape, float[] data) {
  /** Most values that a tensor can have: what fits a Java array. */
  public static final int MAXIMUM_ELEMENTS = Integer.MAX_VALUE - 8;

  private static final int CHUNK = 1 << 14;

  public Tensor {
    shape = shape.clone();
    long elements = elements(shape);
    if (elements != data.length) {
      throw new IllegalArgumentException(
          "shape %s has %d values, but %d are there"
              .formatted(Arrays.toString(shape), elements, data.length));
    }
  }

  /** A copy of the shape. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Same shape and same values, NaN being the same as NaN. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape);
  }

  /** The same with each value rounded to the nearest one of a type; see {@link DataType}. */
  Tensor rounded(DataType type) {
    if (type == DataType.F32) {
      return this;
    }
    float[] values = new float[data.length];
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * type.bytes());
    for (int done = 0; done < data.length; done += CHUNK) {
      int count = Math.min(CHUNK, data.length - done);
      type.encode(data, done, count, chunk);
      type.decode(chunk, values, done, count);
    }
    return new Tensor(shape, values);
  }

  /**
   * The product of the sizes of a shape.
   *
   * @throws IllegalArgumentException if a size is negative or the product, zeros left out, exceeds
   *     {@link #MAXIMUM_ELEMENTS}
   */
  static int elements(long[] shape) {
    long product = 1;
    boolean empty = false;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "shape %s has a size of %d, but none may be negative"
                .formatted(Arrays.toString(shape), size));
      }
      if (size > MAXIMUM_ELEMENTS / product) {
        throw new IllegalArgumentException(
            "shape %s has more values than a tensor can have, %d"
                .formatted(Arrays.toString(shape), MAXIMUM_ELEMENTS));
      }
      if (size == 0) {
        empty = true;
      } else {
        product *= size;
      }
    }
    return empty ? 0 : (int) product;
  }
}
