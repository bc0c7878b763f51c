package dev.tessera.engine.fused;

import dev.tessera.engine.onednn.Tensor;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** Rows of a table: [V, D] FLOAT, ids INT32 [N] → [N, D] FLOAT. */
record Embedding() implements FusedKernel {
  @Override
  public FusedKind kind() {
    return FusedKind.EMBEDDING;
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(TensorType.floats(inputs.get(1).length(), inputs.get(0).size(1)));
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    long rows = node.input(0).type().size(0);
    Typed dy = node.upstream(DataType.FLOAT);
    return Arrays.asList(node.one(new Gradient(rows), node.input(1), dy), null);
  }

  @Override
  public Runnable bind(Operands operands) {
    FloatBuffer table = operands.input(0).floats();
    IntBuffer ids = operands.input(1).ints();
    FloatBuffer y = operands.result(0).floats();
    float[] row = new float[width(operands.result(0))];
    return () -> {
      for (int i = 0; i < ids.capacity(); i++) {
        table.get(ids.get(i) * row.length, row);
        y.put(i * row.length, row);
      }
    };
  }

  private static int width(Tensor rows) {
    return Math.toIntExact(rows.size(1));
  }

  /**
   * The table's gradient from ids and dy. Rows that share an id are added in their order.
   *
   * @param rows V
   */
  record Gradient(long rows) implements FusedKernel {
    static Gradient decode(long[] attributes) {
      return new Gradient(attributes[0]);
    }

    @Override
    public FusedKind kind() {
      return FusedKind.EMBEDDING_GRADIENT;
    }

    @Override
    public long[] attributes() {
      return new long[] {rows};
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      return List.of(TensorType.floats(rows, inputs.get(1).size(1)));
    }

    @Override
    public Runnable bind(Operands operands) {
      IntBuffer ids = operands.input(0).ints();
      FloatBuffer dy = operands.input(1).floats();
      FloatBuffer table = operands.result(0).floats();
      float[] row = new float[width(operands.input(1))];
      float[] sum = new float[row.length];
      return () -> add(ids, dy, table, row, sum);
    }

    private static void add(
        IntBuffer ids, FloatBuffer dy, FloatBuffer table, float[] row, float[] sum) {
      Arrays.fill(sum, 0);
      for (int start = 0; start < table.capacity(); start += sum.length) {
        table.put(start, sum);
      }
      for (int i = 0; i < ids.capacity(); i++) {
        int place = ids.get(i) * row.length;
        dy.get(i * row.length, row);
        table.get(place, sum);
        for (int j = 0; j < row.length; j++) {
          sum[j] += row[j];
        }
        table.put(place, sum);
      }
    }
  }
}
