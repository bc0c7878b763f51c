package dev.tessera.engine.graph;

import dev.tessera.engine.store.Tensor;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Copies between Java arrays and dense, row-major ND4J arrays in one move, whatever the backend.
 */
public final class HostCopy {
  private HostCopy() {}

  /** Copies {@code values} into {@code array}, which has as many elements. */
  public static void write(float[] values, INDArray array) {
    requireLength(values.length, array);
    switch (array.dataType()) {
      case FLOAT -> new FloatPointer(host(array)).put(values, 0, values.length);
      case DOUBLE -> {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = values[i];
        }
        new DoublePointer(host(array)).put(wide, 0, wide.length);
      }
      default -> throw new IllegalArgumentException("array holds " + array.dataType());
    }
    markWritten(array);
  }

  /** Copies {@code values} into an INT32 {@code array}, which has as many elements. */
  public static void write(int[] values, INDArray array) {
    requireLength(values.length, array);
    new IntPointer(host(array)).put(values, 0, values.length);
    markWritten(array);
  }

  /** Copies {@code array} into {@code values}, which has as many elements. */
  public static void read(INDArray array, float[] values) {
    requireLength(values.length, array);
    switch (array.dataType()) {
      case FLOAT -> new FloatPointer(host(array)).get(values, 0, values.length);
      case DOUBLE -> {
        double[] wide = new double[values.length];
        new DoublePointer(host(array)).get(wide, 0, wide.length);
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

  /** The elements in the memory of this process; a GPU's backend brings them there first. */
  private static Pointer host(INDArray array) {
    Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
    return array.data().addressPointer();
  }

  /** Tells a GPU's backend that its own copy is out of date. */
  private static void markWritten(INDArray array) {
    Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
  }

  private static void requireLength(int length, INDArray array) {
    if (length != array.length()) {
      throw new IllegalArgumentException(
          "there are " + length + " values for an array of " + array.length());
    }
  }
}
