package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Layer normalisation of FLOAT rows: x [N, D], scale [D], bias [D] → y [N, D], mean [N], variance
 * [N].
 *
 * @param type of y
 */
record LayerNorm(DataType type) implements FusedKernel {
  private static final float EPSILON = 1e-5f;

  static LayerNorm decode(long[] attributes) {
    return new LayerNorm(EnumCode.decode(DataType.class, attributes[0]));
  }

  @Override
  public FusedKind kind() {
    return FusedKind.LAYER_NORM;
  }

  @Override
  public long[] attributes() {
    return new long[] {EnumCode.of(type)};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    TensorType x = inputs.get(0);
    TensorType statistic = TensorType.floats(x.size(0));
    return List.of(x.with(type), statistic, statistic);
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    return new ArrayList<>(
        node.add(
            new Gradients(),
            node.input(0),
            node.input(1),
            node.input(2),
            node.result(1),
            node.result(2),
            node.upstream(type)));
  }

  @Override
  public Runnable bind(Operands operands) {
    return operands
        .dnn()
        .layerNorm(operands.input(0).layout(), operands.result(0).layout(), EPSILON)
        .with(DNNL_ARG_SRC, operands.input(0))
        .and(DNNL_ARG_SCALE, operands.input(1))
        .and(DNNL_ARG_SHIFT, operands.input(2))
        .and(DNNL_ARG_DST, operands.result(0))
        .and(DNNL_ARG_MEAN, operands.result(1))
        .and(DNNL_ARG_VARIANCE, operands.result(2))
        .call();
  }

  /** Gradients for x, scale and bias, FLOAT, from x, scale, bias, mean, variance and dy. */
  record Gradients() implements FusedKernel {
    @Override
    public FusedKind kind() {
      return FusedKind.LAYER_NORM_GRADIENTS;
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      return inputs.subList(0, 3);
    }

    @Override
    public Runnable bind(Operands operands) {
      return operands
          .dnn()
          .layerNormGradients(operands.input(0).layout(), operands.input(5).layout(), EPSILON)
          .with(DNNL_ARG_SRC, operands.input(0))
          .and(DNNL_ARG_SCALE, operands.input(1))
          .and(DNNL_ARG_SHIFT, operands.input(2))
          .and(DNNL_ARG_MEAN, operands.input(3))
          .and(DNNL_ARG_VARIANCE, operands.input(4))
          .and(DNNL_ARG_DIFF_DST, operands.input(5))
          .and(DNNL_ARG_DIFF_SRC, operands.result(0))
          .and(DNNL_ARG_DIFF_SCALE, operands.result(1))
          .and(DNNL_ARG_DIFF_SHIFT, operands.result(2))
          .call();
    }
  }
}
