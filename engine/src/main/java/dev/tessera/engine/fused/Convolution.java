package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.onednn.Convolutions;
import dev.tessera.engine.onednn.Convolutions.Geometry;
import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Primitive;
import dev.tessera.engine.onednn.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Convolution or transposed convolution of NHWC pictures with as few zeros around as keep H and W
 * up to the stride. Inputs: x; weight FLOAT [k, k, I, O], or [k, k, O, I] if transposed; bias FLOAT
 * [O].
 *
 * @param transposed whether H and W grow by the stride instead of shrinking by it
 * @param stride pixels of the larger side per pixel of the smaller one
 * @param rectified whether max(y, 0) is the result
 * @param type of the result
 */
record Convolution(boolean transposed, long stride, boolean rectified, DataType type)
    implements FusedKernel {
  static Convolution decode(long[] attributes) {
    return new Convolution(
        attributes[0] != 0,
        attributes[1],
        attributes[2] != 0,
        EnumCode.decode(DataType.class, attributes[3]));
  }

  @Override
  public FusedKind kind() {
    return FusedKind.CONVOLUTION;
  }

  @Override
  public long[] attributes() {
    return new long[] {transposed ? 1 : 0, stride, rectified ? 1 : 0, EnumCode.of(type)};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(
        TensorType.of(type, resized(inputs.get(0), transposed, stride, inputs.get(2).length())));
  }

  @Override
  public Optional<FusedKernel> followedBy(FusedKernel next) {
    boolean fits =
        !rectified
            && next instanceof Elementwise elementwise
            && elementwise.function() == Elementwise.Function.RELU
            && elementwise.alpha() == 0;
    return fits ? Optional.of(new Convolution(transposed, stride, true, type)) : Optional.empty();
  }

  /** Shape of pictures of the same number after the stride, with other channels. */
  private static long[] resized(TensorType x, boolean larger, long stride, long channels) {
    long height = larger ? x.size(1) * stride : x.size(1) / stride;
    long width = larger ? x.size(2) * stride : x.size(2) / stride;
    return new long[] {x.size(0), height, width, channels};
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    Typed x = node.input(0);
    Typed weight = node.input(1);
    DataType own = x.type().type();
    Typed dy = node.upstream(own);
    List<@Nullable Typed> gradients = new ArrayList<>();
    gradients.add(node.one(new InputGradient(transposed, stride), dy, weight));
    long kernel = weight.type().size(0);
    gradients.addAll(node.add(new WeightGradients(transposed, stride, kernel), x, dy));
    return gradients;
  }

  private static Geometry geometry(
      Tensor input, Tensor output, boolean transposed, long stride, long kernel) {
    long[] in = input.layout().sizes();
    long[] out = output.layout().sizes();
    DataType inputType = input.layout().type();
    return transposed
        ? new Geometry(in, out, kernel, stride, inputType)
        : new Geometry(out, in, kernel, stride, inputType);
  }

  private static Tensor pictures(Tensor tensor) {
    return tensor.as(Convolutions.pictures(tensor.layout()));
  }

  /** Our weights in the layout and type that a primitive wants, refreshed at each run. */
  private static Runnable prepared(
      OneDnn dnn, Convolutions convolutions, Tensor weight, memory wanted) {
    Tensor named = weight.as(convolutions.weights(DataType.FLOAT));
    return dnn.reorder(named.layout(), wanted)
        .with(DNNL_ARG_SRC, named)
        .and(DNNL_ARG_DST, wanted)
        .call();
  }

  private static Runnable inOrder(Runnable first, Runnable second) {
    return () -> {
      first.run();
      second.run();
    };
  }

  @Override
  public Runnable bind(Operands operands) {
    Tensor x = operands.input(0);
    Tensor weight = operands.input(1);
    Tensor y = operands.result(0);
    Geometry geometry = geometry(x, y, transposed, stride, weight.size(0));
    Convolutions convolutions =
        new Convolutions(operands.dnn(), geometry, transposed, x.layout().type(), type);
    Primitive forward = convolutions.forward(rectified);
    memory own = operands.dnn().allocate(forward.weights());
    return inOrder(
        prepared(operands.dnn(), convolutions, weight, own),
        forward
            .with(DNNL_ARG_SRC, pictures(x))
            .and(DNNL_ARG_WEIGHTS, own)
            .and(DNNL_ARG_BIAS, operands.input(2))
            .and(DNNL_ARG_DST, pictures(y))
            .call());
  }

  /** dx from dy and weight, in the type of dy. */
  record InputGradient(boolean transposed, long stride) implements FusedKernel {
    static InputGradient decode(long[] attributes) {
      return new InputGradient(attributes[0] != 0, attributes[1]);
    }

    @Override
    public FusedKind kind() {
      return FusedKind.CONVOLUTION_INPUT_GRADIENT;
    }

    @Override
    public long[] attributes() {
      return new long[] {transposed ? 1 : 0, stride};
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      TensorType dy = inputs.get(0);
      long channels = inputs.get(1).size(transposed ? 3 : 2);
      return List.of(TensorType.of(dy.type(), resized(dy, !transposed, stride, channels)));
    }

    @Override
    public Runnable bind(Operands operands) {
      Tensor dy = operands.input(0);
      Tensor weight = operands.input(1);
      Tensor dx = operands.result(0);
      DataType type = dy.layout().type();
      Geometry geometry = geometry(dx, dy, transposed, stride, weight.size(0));
      Convolutions convolutions =
          new Convolutions(operands.dnn(), geometry, transposed, type, type);
      Primitive gradient = convolutions.inputGradient();
      memory own = operands.dnn().allocate(gradient.weights());
      return inOrder(
          prepared(operands.dnn(), convolutions, weight, own),
          gradient
              .with(DNNL_ARG_DIFF_DST, pictures(dy))
              .and(DNNL_ARG_WEIGHTS, own)
              .and(DNNL_ARG_DIFF_SRC, pictures(dx))
              .call());
    }
  }

  /** Gradients of weight and bias, FLOAT, from x and dy. */
  record WeightGradients(boolean transposed, long stride, long kernel) implements FusedKernel {
    static WeightGradients decode(long[] attributes) {
      return new WeightGradients(attributes[0] != 0, attributes[1], attributes[2]);
    }

    @Override
    public FusedKind kind() {
      return FusedKind.CONVOLUTION_WEIGHT_GRADIENTS;
    }

    @Override
    public long[] attributes() {
      return new long[] {transposed ? 1 : 0, stride, kernel};
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      long from = inputs.get(0).size(3);
      long to = inputs.get(1).size(3);
      return List.of(
          transposed
              ? TensorType.floats(kernel, kernel, to, from)
              : TensorType.floats(kernel, kernel, from, to),
          TensorType.floats(to));
    }

    @Override
    public Runnable bind(Operands operands) {
      OneDnn dnn = operands.dnn();
      Tensor dy = operands.input(1);
      Tensor large = transposed ? dy : operands.input(0);
      Tensor small = transposed ? operands.input(0) : dy;
      DataType type = dy.layout().type();
      Geometry geometry = geometry(large, small, false, stride, kernel);
      Convolutions convolutions = new Convolutions(dnn, geometry, false, type, type);
      Primitive gradient = convolutions.weightGradient();
      memory own = dnn.allocate(gradient.weightGradients());
      Tensor weight = operands.result(0).as(convolutions.weights(DataType.FLOAT));
      Runnable call =
          gradient
              .with(DNNL_ARG_SRC, pictures(large))
              .and(DNNL_ARG_DIFF_DST, pictures(small))
              .and(DNNL_ARG_DIFF_WEIGHTS, own)
              .call();
      Runnable copy =
          dnn.reorder(own, weight.layout())
              .with(DNNL_ARG_SRC, own)
              .and(DNNL_ARG_DST, weight)
              .call();
      return inOrder(inOrder(call, copy), biasGradient(dnn, dy, operands.result(1)));
    }

    /** The sum over all pixels, as a product with ones: oneDNN's own sums are many times slower. */
    private static Runnable biasGradient(OneDnn dnn, Tensor dy, Tensor bias) {
      long channels = dy.size(3);
      long pixels = dy.length() / channels;
      Tensor ones = dnn.ones(dy.layout().type(), pixels);
      Tensor rows = dy.as(Layout.dense(dy.layout().type(), pixels, channels));
      Tensor sum = bias.as(Layout.dense(DataType.FLOAT, 1, channels));
      return dnn.matmul(ones.layout(), rows.layout(), null, sum.layout(), OneDnn.Fusion.NONE)
          .with(DNNL_ARG_SRC, ones)
          .and(DNNL_ARG_WEIGHTS, rows)
          .and(DNNL_ARG_DST, sum)
          .call();
    }
  }
}
