package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Softmax of FLOAT rows [N, K], or its logarithm.
 *
 * @param logarithm whether the logarithm is wanted
 */
record Softmax(boolean logarithm) implements FusedKernel {
  static Softmax decode(long[] attributes) {
    return new Softmax(attributes[0] != 0);
  }

  @Override
  public FusedKind kind() {
    return FusedKind.SOFTMAX;
  }

  @Override
  public long[] attributes() {
    return new long[] {logarithm ? 1 : 0};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return inputs;
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    return List.of(
        node.one(new Gradient(logarithm), node.result(0), node.upstream(DataType.FLOAT)));
  }

  @Override
  public Runnable bind(Operands operands) {
    return operands
        .dnn()
        .softmax(logarithm, operands.input(0).layout(), operands.result(0).layout())
        .with(DNNL_ARG_SRC, operands.input(0))
        .and(DNNL_ARG_DST, operands.result(0))
        .call();
  }

  /** dx from y and dy. */
  record Gradient(boolean logarithm) implements FusedKernel {
    static Gradient decode(long[] attributes) {
      return new Gradient(attributes[0] != 0);
    }

    @Override
    public FusedKind kind() {
      return FusedKind.SOFTMAX_GRADIENT;
    }

    @Override
    public long[] attributes() {
      return new long[] {logarithm ? 1 : 0};
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      return List.of(inputs.get(0));
    }

    @Override
    public Runnable bind(Operands operands) {
      return operands
          .dnn()
          .softmaxGradient(
              logarithm,
              operands.input(0).layout(),
              operands.input(1).layout(),
              operands.result(0).layout())
          .with(DNNL_ARG_DST, operands.input(0))
          .and(DNNL_ARG_DIFF_DST, operands.input(1))
          .and(DNNL_ARG_DIFF_SRC, operands.result(0))
          .call();
    }
  }
}
