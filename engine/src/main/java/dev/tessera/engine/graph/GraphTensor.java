package dev.tessera.engine.graph;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A tensor of a model graph: SameDiff's variable together with its shape, which SameDiff itself
 * only knows while executing. All shapes are fixed, in row-major order.
 */
public final class GraphTensor {
  private final SDVariable variable;
  private final long[] shape;

  /** A variable of a graph with its shape. */
  public GraphTensor(SDVariable variable, long... shape) {
    this.variable = variable;
    this.shape = shape.clone();
  }

  /** The name by which plans find this tensor. */
  public String name() {
    return variable.name();
  }

  /** Gives the tensor a name of its own, for use as an output. */
  public GraphTensor named(String name) {
    if (!name.equals(name())) {
      variable.rename(name);
    }
    return this;
  }

  /** Number of axes. */
  public int rank() {
    return shape.length;
  }

  /** Size along an axis; negative axes count from the end. */
  public long size(int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  /** Number of elements. */
  public long length() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** A copy of the shape. */
  public long[] shape() {
    return shape.clone();
  }

  /** SameDiff's variable, for implementations of {@link Ops}. */
  public SDVariable variable() {
    return variable;
  }

  /** Fails unless the shape is the given one. */
  public GraphTensor require(String what, long... expected) {
    if (!Arrays.equals(shape, expected)) {
      throw new IllegalArgumentException(
          what
              + " has shape "
              + Arrays.toString(shape)
              + ", but must have "
              + Arrays.toString(expected));
    }
    return this;
  }

  @Override
  public String toString() {
    return name() + Arrays.toString(shape);
  }
}
