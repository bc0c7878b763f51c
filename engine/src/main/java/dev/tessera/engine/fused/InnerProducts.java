package dev.tessera.engine.fused;

import dev.tessera.engine.onednn.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** x·Rᵀ: [N, C] × [K, C] → [N, K], all FLOAT. */
record InnerProducts() implements FusedKernel {
  @Override
  public FusedKind kind() {
    return FusedKind.INNER_PRODUCTS;
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(TensorType.floats(inputs.get(0).size(0), inputs.get(1).size(0)));
  }

  /** dx = dy·R and dR = dyᵀ·x. */
  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    Typed dy = node.upstream(DataType.FLOAT);
    return List.of(
        node.one(new Linear(DataType.FLOAT), dy, node.input(1)),
        node.one(new Linear.WeightGradients(false), dy, node.input(0)));
  }

  @Override
  public Runnable bind(Operands operands) {
    Tensor rows = operands.input(1);
    Tensor columns = rows.as(rows.layout().transposed(0, 1));
    return Linear.product(operands.dnn(), operands.input(0), columns, operands.result(0));
  }
}
