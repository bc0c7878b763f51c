package dev.tessera.engine.graph;

import dev.tessera.engine.store.Tensor;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Copies between Java arrays and dense, row-major ND4J arrays in one move, whatever the backend.
 */
public final class HostCopy {
  private HostCopy() {}

  /** Whether ND4J computes on the processor, with arrays in its memory. */
  static boolean isHostBackend() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
  }

  /** Copies {@code values} into {@code array}, which has as many elements. */
  public static void write(float[] values, INDArray array) {
    requireLength(values.length, array);
    write(values, 0, array);
  }

  /** Copies {@code values} into an INT32 {@code array}, which has as many elements. */
  public static void write(int[] values, INDArray array) {
    requireLength(values.length, array);
    write(values, 0, array);
  }

  /** Fills {@code array} with what {@code values} holds from a place on. */
  public static void write(float[] values, int from, INDArray array) {
    int length = requireRange(values.length, from, array);
    switch (array.dataType()) {
      case FLOAT -> new FloatPointer(host(array)).put(values, from, length);
      case DOUBLE -> {
        double[] wide = new double[length];
        for (int i = 0; i < length; i++) {
          wide[i] = values[from + i];
        }
        new DoublePointer(host(array)).put(wide, 0, length);
      }
      default -> throw new IllegalArgumentException("array holds " + array.dataType());
    }
    markWritten(array);
  }

  /** Fills an INT32 {@code array} with what {@code values} holds from a place on. */
  public static void write(int[] values, int from, INDArray array) {
    int length = requireRange(values.length, from, array);
    new IntPointer(host(array)).put(values, from, length);
    markWritten(array);
  }

  /** Copies {@code array} into {@code values}, which has as many elements. */
  public static void read(INDArray array, float[] values) {
    requireLength(values.length, array);
    read(array, values, 0);
  }

  /**
   * Copies {@code array} into {@code values} from a place on. Whole numbers up to 2²⁴ become
   * themselves.
   */
  public static void read(INDArray array, float[] values, int from) {
    int length = requireRange(values.length, from, array);
    switch (array.dataType()) {
      case FLOAT -> new FloatPointer(host(array)).get(values, from, length);
      case DOUBLE -> {
        double[] wide = new double[length];
        new DoublePointer(host(array)).get(wide, 0, length);
        for (int i = 0; i < length; i++) {
          values[from + i] = (float) wide[i];
        }
      }
      case INT -> {
        int[] whole = new int[length];
        new IntPointer(host(array)).get(whole, 0, length);
        for (int i = 0; i < length; i++) {
          values[from + i] = whole[i];
        }
      }
      case BFLOAT16 -> {
        short[] halves = new short[length];
        new ShortPointer(host(array)).get(halves, 0, length);
        for (int i = 0; i < length; i++) {
          values[from + i] = Float.intBitsToFloat(halves[i] << Short.SIZE);
        }
      }
      default -> throw new IllegalArgumentException("array holds " + array.dataType());
    }
  }

  /**
   * Copies elements of a FLOAT {@code array}, from {@code from} on, into a part of {@code values}.
   */
  static void readPart(INDArray array, long from, float[] values, int place, int length) {
    new FloatPointer(host(array)).getPointer(from).get(values, place, length);
  }

  /**
   * Replaces elements of a FLOAT {@code array}, from {@code from} on, by a part of {@code values}.
   */
  static void writePart(float[] values, int place, int length, INDArray array, long from) {
    new FloatPointer(host(array)).getPointer(from).put(values, place, length);
    markWritten(array);
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

  /** The length of {@code array}, if that many values are there. */
  private static int requireRange(int values, int from, INDArray array) {
    if (from < 0 || from + array.length() > values) {
      throw new IllegalArgumentException(
          String.format(
              "there are %d values, but an array of %d needs those from %d on",
              values, array.length(), from));
    }
    return (int) array.length();
  }
}
