package dev.tessera.engine.graph;

import dev.tessera.engine.store.Tensor;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** Copies between Java arrays and dense, row-major ND4J arrays in one move. */
public final class HostCopy {
  private HostCopy() {}

  /** Whether ND4J computes on the processor, with arrays in its memory. */
  static boolean isHostBackend() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
  }

  /** Copies {@code values} into {@code array}, which has as many elements. */
  public static void write(float[] values, INDArray array) {
    requireLength(values.length, array);
    switch (array.dataType()) {
      case FLOAT -> new FloatPointer(array.data().addressPointer()).put(values, 0, values.length);
      case DOUBLE -> {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = values[i];
        }
        new DoublePointer(array.data().addressPointer()).put(wide, 0, wide.length);
      }
      default -> throw new IllegalArgumentException("array holds " + array.dataType());
    }
  }

  /** Copies {@code values} into an INT32 {@code array}, which has as many elements. */
  public static void write(int[] values, INDArray array) {
    requireLength(values.length, array);
    new IntPointer(array.data().addressPointer()).put(values, 0, values.length);
  }

  /** Copies {@code array} into {@code values}, which has as many elements. */
  public static void read(INDArray array, float[] values) {
    requireLength(values.length, array);
    switch (array.dataType()) {
      case FLOAT -> new FloatPointer(array.data().addressPointer()).get(values, 0, values.length);
      case DOUBLE -> {
        double[] wide = new double[values.length];
        new DoublePointer(array.data().addressPointer()).get(wide, 0, wide.length);
        for (int i = 0; i < wide.length; i++) {
          values[i] = (float) wide[i];
        }
      }
      default -> throw new IllegalArgumentException("array holds " + array.dataType());
    }
  }

  /** The elements of {@code array} in a new array. */
  public static float[] floats(INDArray array) {
    float[] values = new float[Math.toIntExact(array.length())];
    read(array, values);
    return values;
  }

  /** A copy of {@code array} with its shape. */
  public static Tensor tensor(INDArray array) {
    return new Tensor(array.shape(), floats(array));
  }

  private static void requireLength(int length, INDArray array) {
    if (length != array.length()) {
      throw new IllegalArgumentException(
          "there are " + length + " values for an array of " + array.length());
    }
  }
}
