package dev.tessera.engine.fused;

import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Tensor;
import java.util.List;

/**
 * What a kernel computes from and into.
 *
 * @param dnn makes primitives
 * @param inputs dense
 * @param results dense, of the types that the kernel told
 * @param workspaces dense, contents undefined before and after
 */
public record Operands(
    OneDnn dnn, List<Tensor> inputs, List<Tensor> results, List<Tensor> workspaces) {
  Tensor input(int index) {
    return inputs.get(index);
  }

  Tensor result(int index) {
    return results.get(index);
  }

  Tensor workspace(int index) {
    return workspaces.get(index);
  }
}
