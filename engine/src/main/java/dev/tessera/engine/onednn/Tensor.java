package dev.tessera.engine.onednn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory with a layout. Does not own the memory: whoever makes a tensor keeps its array alive.
 *
 * @param layout what lies there
 * @param address of the first element
 */
public record Tensor(Layout layout, long address) implements Operand {

  /** Other elements of the same memory. */
  public Tensor at(long offset, Layout other) {
    return new Tensor(other, address + offset * other.type().width());
  }

  /** The same elements in another layout. */
  public Tensor as(Layout other) {
    return at(0, other);
  }

  /** Number of elements. */
  public long length() {
    return layout.length();
  }

  /** Size along an axis. */
  public long size(int axis) {
    return layout.size(axis);
  }

  /** The elements of a dense FLOAT tensor. */
  public FloatBuffer floats() {
    return bytes().asFloatBuffer();
  }

  /** The elements of a dense BFLOAT16 tensor, each the upper half of a float. */
  public ShortBuffer halves() {
    return bytes().asShortBuffer();
  }

  /** The elements of a dense INT32 tensor. */
  public IntBuffer ints() {
    return bytes().asIntBuffer();
  }

  /** The bytes of a dense tensor, in native order. */
  public ByteBuffer bytes() {
    long size = length() * layout.type().width();
    BytePointer pointer = new BytePointer(pointer());
    pointer.capacity(size);
    return pointer.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  @Override
  public memory memory() {
    return new memory(layout.description(), OneDnn.processor(), pointer());
  }

  Pointer pointer() {
    return new Address(address);
  }
}
