package dev.tessera.engine.fused;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Root mean square normalisation (Zhang, Sennrich, 2019) of the queries and keys of each head: qkv
 * [N, 3D], scale of queries [D / heads], scale of keys [D / heads] → [N, 3D] in the type of qkv.
 */
record HeadNorm(int heads) implements FusedKernel {
  private static final double EPSILON = 1e-5;

  static HeadNorm decode(long[] attributes) {
    return new HeadNorm((int) attributes[0]);
  }

  @Override
  public FusedKind kind() {
    return FusedKind.HEAD_NORM;
  }

  @Override
  public long[] attributes() {
    return new long[] {heads};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(inputs.get(0));
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    Typed dy = node.upstream(node.input(0).type().type());
    return new ArrayList<>(
        node.add(new Gradients(this), node.input(0), node.input(1), node.input(2), dy));
  }

  @Override
  public Runnable bind(Operands operands) {
    Rows from = new Rows(operands.input(0));
    Rows to = new Rows(operands.result(0));
    FloatBuffer[] scales = {operands.input(1).floats(), operands.input(2).floats()};
    float[] row = new float[Math.toIntExact(operands.input(0).size(1))];
    float[] scale = new float[scales[0].capacity()];
    return () -> {
      for (int i = 0; i < from.count(); i++) {
        from.get(i, row);
        for (int part = 0; part < 2; part++) {
          scales[part].get(0, scale);
          for (int head = 0; head < heads; head++) {
            normalise(row, (part * heads + head) * scale.length, scale);
          }
        }
        to.put(i, row);
      }
    };
  }

  private static void normalise(float[] row, int first, float[] scale) {
    float inverse = inverseRoot(row, first, scale.length);
    for (int c = 0; c < scale.length; c++) {
      row[first + c] = row[first + c] * inverse * scale[c];
    }
  }

  /** One over the root mean square of a head. */
  private static float inverseRoot(float[] row, int first, int width) {
    double sum = 0;
    for (int c = first; c < first + width; c++) {
      sum += (double) row[c] * row[c];
    }
    return (float) (1 / Math.sqrt(sum / width + EPSILON));
  }

  /** Gradients for qkv, in its type, and for both scales, FLOAT, from the inputs and dy. */
  record Gradients(HeadNorm of) implements FusedKernel {
    static Gradients decode(long[] attributes) {
      return new Gradients(HeadNorm.decode(attributes));
    }

    @Override
    public FusedKind kind() {
      return FusedKind.HEAD_NORM_GRADIENTS;
    }

    @Override
    public long[] attributes() {
      return of.attributes();
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      return inputs.subList(0, 3);
    }

    @Override
    public Runnable bind(Operands operands) {
      Rows inputs = new Rows(operands.input(0));
      Rows upstream = new Rows(operands.input(3));
      Rows gradients = new Rows(operands.result(0));
      int width = operands.input(1).floats().capacity();
      FloatBuffer[] scales = {operands.input(1).floats(), operands.input(2).floats()};
      FloatBuffer[] scaleGradients = {operands.result(1).floats(), operands.result(2).floats()};
      float[] x = new float[Math.toIntExact(operands.input(0).size(1))];
      float[] dy = new float[x.length];
      float[][] scale = new float[2][width];
      double[][] sums = new double[2][width];
      return () -> {
        for (int part = 0; part < 2; part++) {
          scales[part].get(0, scale[part]);
          java.util.Arrays.fill(sums[part], 0);
        }
        for (int i = 0; i < inputs.count(); i++) {
          inputs.get(i, x);
          upstream.get(i, dy);
          for (int part = 0; part < 2; part++) {
            for (int head = 0; head < of.heads; head++) {
              gradient(x, dy, (part * of.heads + head) * width, scale[part], sums[part]);
            }
          }
          gradients.put(i, dy);
        }
        for (int part = 0; part < 2; part++) {
          for (int c = 0; c < width; c++) {
            scaleGradients[part].put(c, (float) sums[part][c]);
          }
        }
      };
    }

    /**
     * One head's dx in place of its dy. With r = 1 / rms(x): dx = r · (scale · dy) − r³ · x ·
     * mean(x · scale · dy).
     */
    private static void gradient(float[] x, float[] dy, int first, float[] scale, double[] sums) {
      int width = scale.length;
      float inverse = inverseRoot(x, first, width);
      double dot = 0;
      for (int c = 0; c < width; c++) {
        sums[c] += (double) dy[first + c] * x[first + c] * inverse;
        dy[first + c] *= scale[c];
        dot += (double) dy[first + c] * x[first + c];
      }
      float share = (float) (dot / width * inverse * inverse * inverse);
      for (int c = first; c < first + width; c++) {
        dy[c] = dy[c] * inverse - x[c] * share;
      }
    }
  }
}
