package dev.tessera.engine.fused;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rotary positions (Su et al., 2021): turns the pairs of channels of the queries and keys of each
 * head. qkv [N, 3D], cosines and sines [P, D / heads / 2], positions INT32 [N] → [N, 3D] in the
 * type of qkv.
 *
 * @param back turns the other way, which is the gradient
 */
record Rotary(int heads, boolean back) implements FusedKernel {
  static Rotary decode(long[] attributes) {
    return new Rotary((int) attributes[0], attributes[1] != 0);
  }

  @Override
  public FusedKind kind() {
    return FusedKind.ROTARY;
  }

  @Override
  public long[] attributes() {
    return new long[] {heads, back ? 1 : 0};
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
    Typed dx = node.one(new Rotary(heads, !back), dy, node.input(1), node.input(2), node.input(3));
    return Arrays.asList(dx, null, null, null);
  }

  @Override
  public Runnable bind(Operands operands) {
    Rows from = new Rows(operands.input(0));
    Rows to = new Rows(operands.result(0));
    FloatBuffer cosines = operands.input(1).floats();
    FloatBuffer sines = operands.input(2).floats();
    IntBuffer positions = operands.input(3).ints();
    int pairs = Math.toIntExact(operands.input(1).size(1));
    float[] row = new float[Math.toIntExact(operands.input(0).size(1))];
    float[] cosine = new float[pairs];
    float[] sine = new float[pairs];
    return () -> {
      for (int i = 0; i < from.count(); i++) {
        from.get(i, row);
        cosines.get(positions.get(i) * pairs, cosine);
        sines.get(positions.get(i) * pairs, sine);
        if (back) {
          negate(sine);
        }
        for (int head = 0; head < 2 * heads; head++) {
          turn(row, 2 * head * pairs, cosine, sine);
        }
        to.put(i, row);
      }
    };
  }

  private static void negate(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = -values[i];
    }
  }

  private static void turn(float[] row, int first, float[] cosine, float[] sine) {
    int second = first + cosine.length;
    for (int i = 0; i < cosine.length; i++) {
      float a = row[first + i];
      float b = row[second + i];
      row[first + i] = a * cosine[i] - b * sine[i];
      row[second + i] = b * cosine[i] + a * sine[i];
    }
  }
}
