package dev.tessera.engine.fused;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sums FLOAT rows: x of any shape, seen as [N, D] → the given shape, of D elements in all. Summed
 * in double precision in the order of the rows, so the order never changes.
 *
 * @param shape of the result; [1, 1] for the sum over everything
 */
record Total(long[] shape) implements FusedKernel {
  private static final int CHUNK = 1 << 12;

  static Total decode(long[] attributes) {
    return new Total(attributes);
  }

  @Override
  public FusedKind kind() {
    return FusedKind.TOTAL;
  }

  @Override
  public long[] attributes() {
    return shape;
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(TensorType.floats(shape));
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    List<@Nullable Typed> gradients = new ArrayList<>();
    gradients.add(node.one(new Spread(node.input(0).type().shape()), node.upstream().get(0)));
    return gradients;
  }

  @Override
  public Runnable bind(Operands operands) {
    FloatBuffer x = operands.input(0).floats();
    FloatBuffer y = operands.result(0).floats();
    int width = y.capacity();
    double[] sums = new double[width];
    float[] part = new float[Math.max(1, CHUNK / width) * width];
    return () -> sum(x, y, sums, part);
  }

  private static void sum(FloatBuffer x, FloatBuffer y, double[] sums, float[] part) {
    java.util.Arrays.fill(sums, 0);
    for (int start = 0; start < x.capacity(); start += part.length) {
      int count = Math.min(part.length, x.capacity() - start);
      x.get(start, part, 0, count);
      if (sums.length == 1) {
        sums[0] += sum(part, count);
      } else {
        addRows(part, count, sums);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      y.put(i, (float) sums[i]);
    }
  }

  private static void addRows(float[] rows, int count, double[] sums) {
    for (int row = 0; row < count; row += sums.length) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += rows[row + i];
      }
    }
  }

  /** Four sums side by side, so that no addition waits for the one before. */
  private static double sum(float[] values, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < count; i++) {
      a += values[i];
    }
    return a + b + (c + d);
  }

  /**
   * Repeats a number [1, 1] (or of any other shape of one element) over a whole tensor.
   *
   * @param shape of the result
   */
  record Spread(long[] shape) implements FusedKernel {
    static Spread decode(long[] attributes) {
      return new Spread(attributes);
    }

    @Override
    public FusedKind kind() {
      return FusedKind.SPREAD;
    }

    @Override
    public long[] attributes() {
      return shape;
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      if (inputs.get(0).length() != 1) {
        throw new UnsupportedOperationException("only the sum over everything is differentiated");
      }
      return List.of(TensorType.floats(shape));
    }

    @Override
    public Runnable bind(Operands operands) {
      FloatBuffer x = operands.input(0).floats();
      FloatBuffer y = operands.result(0).floats();
      float[] part = new float[Math.min(CHUNK, y.capacity())];
      return () -> {
        java.util.Arrays.fill(part, x.get(0));
        for (int start = 0; start < y.capacity(); start += part.length) {
          y.put(start, part, 0, Math.min(part.length, y.capacity() - start));
        }
      };
    }
  }
}
