package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Primitive;
import dev.tessera.engine.onednn.Tensor;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * x·W + b of a W that {@link Pack} has laid out as the processor's tiles want it; the bias may be
 * missing. Left to itself, oneDNN lays it out inside of the product, again for every part of it.
 *
 * @param type of the result
 * @param outputs columns of W
 */
record PackedProduct(DataType type, long outputs) implements FusedKernel {
  /** Rows and columns of oneDNN's blocks; the last ones are filled up with zeros. */
  private static final long BLOCK = 64;

  static PackedProduct decode(long[] attributes) {
    return new PackedProduct(EnumCode.decode(DataType.class, attributes[0]), attributes[1]);
  }

  /** Whether it pays for operands of a type. */
  static boolean pays(DataType type) {
    return type == DataType.BFLOAT16 && OneDnn.multipliesTiles();
  }

  @Override
  public FusedKind kind() {
    return FusedKind.PACKED_PRODUCT;
  }

  @Override
  public long[] attributes() {
    return new long[] {EnumCode.of(type), outputs};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(TensorType.of(type, inputs.get(0).size(0), outputs));
  }

  @Override
  public Runnable bind(Operands operands) {
    OneDnn dnn = operands.dnn();
    Tensor x = operands.input(0);
    Tensor y = operands.result(0);
    boolean biased = operands.inputs().size() == 3;
    Primitive product = product(dnn, x.layout(), outputs, biased, type);
    Primitive.Arguments arguments =
        product
            .with(DNNL_ARG_SRC, x)
            .and(DNNL_ARG_WEIGHTS, dnn.within(operands.input(1), product.weights()))
            .and(DNNL_ARG_DST, y);
    return biased
        ? arguments.and(DNNL_ARG_BIAS, operands.input(2).as(bias(outputs))).call()
        : arguments.call();
  }

  private static Primitive product(
      OneDnn dnn, Layout x, long outputs, boolean biased, DataType type) {
    @Nullable Layout bias = biased ? bias(outputs) : null;
    return dnn.matmulOfPacked(
        x,
        Layout.dense(x.type(), x.size(1), outputs),
        bias,
        Layout.dense(type, x.size(0), outputs));
  }

  private static Layout bias(long outputs) {
    return Layout.dense(DataType.FLOAT, 1, outputs);
  }

  /**
   * Lays W [I, O] out for products with x [N, I].
   *
   * @param rows N
   * @param biased whether a bias is added to the products
   * @param type of the products
   */
  record Pack(long rows, boolean biased, DataType type) implements FusedKernel {
    static Pack decode(long[] attributes) {
      return new Pack(
          attributes[0], attributes[1] != 0, EnumCode.decode(DataType.class, attributes[2]));
    }

    @Override
    public FusedKind kind() {
      return FusedKind.PACK;
    }

    @Override
    public long[] attributes() {
      return new long[] {rows, biased ? 1 : 0, EnumCode.of(type)};
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      TensorType weight = inputs.get(0);
      return List.of(TensorType.of(weight.type(), filled(weight.size(0)), filled(weight.size(1))));
    }

    private static long filled(long size) {
      return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    @Override
    public Runnable bind(Operands operands) {
      OneDnn dnn = operands.dnn();
      Tensor weight = operands.input(0);
      Layout x = Layout.dense(weight.layout().type(), rows, weight.size(0));
      Primitive product = product(dnn, x, weight.size(1), biased, type);
      memory packed = dnn.within(operands.result(0), product.weights());
      return dnn.reorder(weight.layout(), packed)
          .with(DNNL_ARG_SRC, weight)
          .and(DNNL_ARG_DST, packed)
          .call();
    }
  }
}
