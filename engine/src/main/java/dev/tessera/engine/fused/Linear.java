package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Primitive;
import dev.tessera.engine.onednn.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * x·W + b: [N, I] × [I, O] + [O] → [N, O]; the bias may be missing. x and W have one type.
 *
 * @param type of the result
 */
record Linear(DataType type) implements FusedKernel {
  static Linear decode(long[] attributes) {
    return new Linear(EnumCode.decode(DataType.class, attributes[0]));
  }

  @Override
  public FusedKind kind() {
    return FusedKind.LINEAR;
  }

  @Override
  public long[] attributes() {
    return new long[] {EnumCode.of(type)};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(TensorType.of(type, inputs.get(0).size(0), inputs.get(1).size(1)));
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    Typed x = node.input(0);
    Typed weight = node.input(1);
    Typed dy = node.upstream(x.type().type());
    boolean biased = node.inputs().size() == 3;
    List<@Nullable Typed> gradients = new ArrayList<>();
    gradients.add(node.one(new InputGradient(), dy, weight));
    gradients.addAll(node.add(new WeightGradients(biased), x, dy));
    return gradients;
  }

  /** The weights are laid out for tiles first. */
  @Override
  public Optional<Division> divided(List<TensorType> inputs) {
    TensorType x = inputs.get(0);
    if (!PackedProduct.pays(x.type())) {
      return Optional.empty();
    }
    FusedKernel pack = new PackedProduct.Pack(x.size(0), inputs.size() == 3, type);
    FusedKernel product = new PackedProduct(type, inputs.get(1).size(1));
    return Optional.of(new Division(1, pack, product));
  }

  @Override
  public Runnable bind(Operands operands) {
    Tensor x = operands.input(0);
    Tensor weight = operands.input(1);
    Tensor y = operands.result(0);
    if (operands.inputs().size() == 2) {
      return product(operands.dnn(), x, weight, y);
    }
    Tensor bias = operands.input(2).as(Layout.dense(DataType.FLOAT, 1, y.size(1)));
    return operands
        .dnn()
        .matmul(x.layout(), weight.layout(), bias.layout(), y.layout(), OneDnn.Fusion.NONE)
        .with(DNNL_ARG_SRC, x)
        .and(DNNL_ARG_WEIGHTS, weight)
        .and(DNNL_ARG_BIAS, bias)
        .and(DNNL_ARG_DST, y)
        .call();
  }

  /** c = a·b. */
  static Runnable product(OneDnn dnn, Tensor a, Tensor b, Tensor c) {
    return dnn.matmul(a.layout(), b.layout(), null, c.layout(), OneDnn.Fusion.NONE)
        .with(DNNL_ARG_SRC, a)
        .and(DNNL_ARG_WEIGHTS, b)
        .and(DNNL_ARG_DST, c)
        .call();
  }

  /** dx = dy·Wᵀ: [N, O] × [I, O] → [N, I], in the type of dy. */
  record InputGradient() implements FusedKernel {
    @Override
    public FusedKind kind() {
      return FusedKind.LINEAR_INPUT_GRADIENT;
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      TensorType dy = inputs.get(0);
      return List.of(TensorType.of(dy.type(), dy.size(0), inputs.get(1).size(0)));
    }

    @Override
    public Runnable bind(Operands operands) {
      Tensor weight = operands.input(1);
      Tensor transposed = weight.as(weight.layout().transposed(0, 1));
      return product(operands.dnn(), operands.input(0), transposed, operands.result(0));
    }
  }

  /** dW = xᵀ·dy and, if there is one, the bias's gradient; both FLOAT. */
  record WeightGradients(boolean biased) implements FusedKernel {
    static WeightGradients decode(long[] attributes) {
      return new WeightGradients(attributes[0] != 0);
    }

    @Override
    public FusedKind kind() {
      return FusedKind.LINEAR_WEIGHT_GRADIENTS;
    }

    @Override
    public long[] attributes() {
      return new long[] {biased ? 1 : 0};
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      long outputs = inputs.get(1).size(1);
      TensorType weight = TensorType.floats(inputs.get(0).size(1), outputs);
      return biased ? List.of(weight, TensorType.floats(outputs)) : List.of(weight);
    }

    @Override
    public Runnable bind(Operands operands) {
      DataType type = operands.input(0).layout().type();
      return PackedProduct.pays(type) ? products(operands) : primitive(operands);
    }

    /**
     * With tiles oneDNN's own operation is slower than a product, which copies what it needs of xᵀ
     * and dy as it goes.
     */
    private Runnable products(Operands operands) {
      OneDnn dnn = operands.dnn();
      Tensor x = operands.input(0);
      Tensor dy = operands.input(1);
      Tensor transposed = x.as(x.layout().transposed(0, 1));
      List<Runnable> calls = new ArrayList<>();
      calls.add(product(dnn, transposed, dy, operands.result(0)));
      if (biased) {
        Tensor ones = dnn.ones(dy.layout().type(), dy.size(0));
        Tensor sum = operands.result(1).as(Layout.dense(DataType.FLOAT, 1, dy.size(1)));
        calls.add(product(dnn, ones, dy, sum));
      }
      return () -> calls.forEach(Runnable::run);
    }

    private Runnable primitive(Operands operands) {
      Tensor x = operands.input(0);
      Tensor dy = operands.input(1);
      Tensor weight = operands.result(0);
      Layout bias = biased ? operands.result(1).layout() : null;
      Primitive primitive =
          operands.dnn().productWeightGradients(x.layout(), dy.layout(), weight.layout(), bias);
      Primitive.Arguments arguments =
          primitive
              .with(DNNL_ARG_SRC, x)
              .and(DNNL_ARG_DIFF_DST, dy)
              .and(DNNL_ARG_DIFF_WEIGHTS, weight.as(weight.layout().transposed(0, 1)));
      return biased
          ? arguments.and(DNNL_ARG_DIFF_BIAS, operands.result(1)).call()
          : arguments.call();
    }
  }
}
