package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import dev.tessera.engine.onednn.Primitive;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.jspecify.annotations.Nullable;

/**
 * y = f(x), element by element, in the type of x.
 *
 * @param function which
 * @param alpha first constant of the function, as oneDNN defines it
 * @param beta second constant
 */
record Elementwise(Function function, float alpha, float beta) implements FusedKernel {
  /** What can be computed. */
  enum Function {
    /** x where it is positive, α x elsewhere; α ≥ 0. */
    RELU(algorithm.eltwise_relu, algorithm.eltwise_relu_use_dst_for_bwd),
    /** The hyperbolic tangent. */
    TANH(algorithm.eltwise_tanh, algorithm.eltwise_tanh_use_dst_for_bwd),
    /** eˣ. */
    EXP(algorithm.eltwise_exp, algorithm.eltwise_exp_use_dst_for_bwd),
    /** ln x. */
    LOG(algorithm.eltwise_log, null),
    /** x·σ(α x). */
    SWISH(algorithm.eltwise_swish, null),
    /** log(1 + exp(α x)) / α. */
    SOFTPLUS(algorithm.eltwise_soft_relu, null),
    /** |x|. */
    ABSOLUTE(algorithm.eltwise_abs, null),
    /** α x + β. */
    AFFINE(algorithm.eltwise_linear, null),
    /** Rounds to whole numbers; its gradient is zero. */
    ROUND(algorithm.eltwise_round, null);

    private final algorithm forward;
    private final @Nullable algorithm fromResult;

    /**
     * @param fromResult the function as oneDNN differentiates it from y; null if it needs x
     */
    Function(algorithm forward, @Nullable algorithm fromResult) {
      this.forward = forward;
      this.fromResult = fromResult;
    }
  }

  static Elementwise decode(long[] attributes) {
    return new Elementwise(
        EnumCode.decode(Function.class, attributes[0]),
        Float.intBitsToFloat((int) attributes[1]),
        Float.intBitsToFloat((int) attributes[2]));
  }

  @Override
  public FusedKind kind() {
    return FusedKind.ELEMENTWISE;
  }

  @Override
  public long[] attributes() {
    return new long[] {
      EnumCode.of(function), Float.floatToIntBits(alpha), Float.floatToIntBits(beta)
    };
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
    if (function == Function.ROUND) {
      return java.util.Collections.singletonList(null);
    }
    Typed dy = node.upstream(node.input(0).type().type());
    if (function == Function.AFFINE) {
      return List.of(node.one(new Elementwise(Function.AFFINE, alpha, 0), dy));
    }
    Typed from = function.fromResult == null ? node.input(0) : node.result(0);
    return List.of(node.one(new Gradient(this), from, dy));
  }

  @Override
  public Runnable bind(Operands operands) {
    return operands
        .dnn()
        .elementwise(
            function.forward, alpha, beta, operands.input(0).layout(), operands.result(0).layout())
        .with(DNNL_ARG_SRC, operands.input(0))
        .and(DNNL_ARG_DST, operands.result(0))
        .call();
  }

  /** dx = f'(x)·dy from x (or, where the function allows it, y) and dy. */
  record Gradient(Elementwise of) implements FusedKernel {
    static Gradient decode(long[] attributes) {
      return new Gradient(Elementwise.decode(attributes));
    }

    @Override
    public FusedKind kind() {
      return FusedKind.ELEMENTWISE_GRADIENT;
    }

    @Override
    public long[] attributes() {
      return of.attributes();
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
    public Runnable bind(Operands operands) {
      algorithm fromResult = of.function.fromResult;
      Primitive primitive =
          operands
              .dnn()
              .elementwiseGradient(
                  fromResult == null ? of.function.forward : fromResult,
                  of.alpha,
                  of.beta,
                  operands.input(0).layout());
      return primitive
          .with(fromResult == null ? DNNL_ARG_SRC : DNNL_ARG_DST, operands.input(0))
          .and(DNNL_ARG_DIFF_DST, operands.input(1))
          .and(DNNL_ARG_DIFF_SRC, operands.result(0))
          .call();
    }
  }
}
