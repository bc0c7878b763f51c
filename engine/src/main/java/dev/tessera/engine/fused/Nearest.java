package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Tensor;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The nearest row of a codebook for each vector: FLOAT [N, C], FLOAT [K, C] → INT32 [N]. |v − e|²
 * is |v|² − 2 (v·e − |e|²/2), so the largest bracket wins.
 */
record Nearest() implements FusedKernel {
  @Override
  public FusedKind kind() {
    return FusedKind.NEAREST;
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(TensorType.of(DataType.INT32, inputs.get(0).size(0)));
  }

  /** Products of each vector with each code. */
  @Override
  public List<TensorType> workspaces(List<TensorType> inputs) {
    return List.of(TensorType.floats(inputs.get(0).size(0), inputs.get(1).size(0)));
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    return Arrays.asList(null, null);
  }

  @Override
  public Runnable bind(Operands operands) {
    Tensor vectors = operands.input(0);
    Tensor codebook = operands.input(1);
    Tensor products = operands.workspace(0);
    Tensor transposed = codebook.as(codebook.layout().transposed(0, 1));
    Runnable product =
        operands
            .dnn()
            .matmul(
                vectors.layout(), transposed.layout(), null, products.layout(), OneDnn.Fusion.NONE)
            .with(DNNL_ARG_SRC, vectors)
            .and(DNNL_ARG_WEIGHTS, transposed)
            .and(DNNL_ARG_DST, products)
            .call();
    float[] halfNorms = new float[Math.toIntExact(codebook.size(0))];
    float[] code = new float[Math.toIntExact(codebook.size(1))];
    float[] row = new float[halfNorms.length];
    FloatBuffer codes = codebook.floats();
    FloatBuffer closeness = products.floats();
    IntBuffer nearest = operands.result(0).ints();
    return () -> {
      product.run();
      for (int k = 0; k < halfNorms.length; k++) {
        codes.get(k * code.length, code);
        halfNorms[k] = halfNorm(code);
      }
      for (int n = 0; n < nearest.capacity(); n++) {
        closeness.get(n * row.length, row);
        nearest.put(n, largest(row, halfNorms));
      }
    };
  }

  private static float halfNorm(float[] code) {
    float sum = 0;
    for (float value : code) {
      sum = Math.fma(value, value, sum);
    }
    return sum / 2;
  }

  private static int largest(float[] products, float[] halfNorms) {
    int best = 0;
    float most = products[0] - halfNorms[0];
    for (int k = 1; k < products.length; k++) {
      float closeness = products[k] - halfNorms[k];
      if (closeness > most) {
        most = closeness;
        best = k;
      }
    }
    return best;
  }
}
