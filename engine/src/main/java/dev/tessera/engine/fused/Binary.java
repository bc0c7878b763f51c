package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.Tensor;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * a ∘ b, element by element. b has the shape of a, or is a row [D] beneath each row of a [N, D], or
 * a number [1] for all elements.
 *
 * @param function which
 * @param type of the result
 */
record Binary(Function function, DataType type) implements FusedKernel {
  /** What can be computed. */
  enum Function {
    ADD(algorithm.binary_add),
    SUBTRACT(algorithm.binary_sub),
    MULTIPLY(algorithm.binary_mul);

    private final algorithm operation;

    Function(algorithm operation) {
      this.operation = operation;
    }
  }

  /** With a result of the type of both, or FLOAT where they differ. */
  static Binary of(Function function, Typed a, Typed b) {
    DataType type = a.type().type();
    return new Binary(function, type == b.type().type() ? type : DataType.FLOAT);
  }

  static Binary decode(long[] attributes) {
    return new Binary(
        EnumCode.decode(Function.class, attributes[0]),
        EnumCode.decode(DataType.class, attributes[1]));
  }

  @Override
  public FusedKind kind() {
    return FusedKind.BINARY;
  }

  @Override
  public long[] attributes() {
    return new long[] {EnumCode.of(function), EnumCode.of(type)};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(inputs.get(0).with(type));
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    Typed a = node.input(0);
    Typed b = node.input(1);
    DataType typeA = a.type().type();
    DataType typeB = b.type().type();
    Typed dy = node.upstream().get(0);
    return switch (function) {
      case ADD -> List.of(node.cast(dy, typeA), summed(node, node.cast(dy, typeB), b));
      case SUBTRACT -> {
        Typed negative = node.one(new Elementwise(Elementwise.Function.AFFINE, -1, 0), dy);
        yield List.of(node.cast(dy, typeA), summed(node, node.cast(negative, typeB), b));
      }
      case MULTIPLY ->
          List.of(product(node, dy, b, typeA), summed(node, product(node, dy, a, typeB), b));
    };
  }

  /**
   * A product in the type of its factors, then rounded: of floats that become anything else oneDNN
   * has no kernel but the reference.
   */
  private static Typed product(Derivation node, Typed x, Typed y, DataType type) {
    return node.cast(node.one(of(Function.MULTIPLY, x, y), x, y), type);
  }

  /** Sums a gradient over the elements that share an element of b. */
  private static Typed summed(Derivation node, Typed gradient, Typed b) {
    if (Arrays.equals(gradient.type().shape(), b.type().shape())) {
      return gradient;
    }
    return node.one(new Total(b.type().shape()), node.cast(gradient, DataType.FLOAT));
  }

  @Override
  public Runnable bind(Operands operands) {
    Tensor a = operands.input(0);
    Tensor b = operands.input(1);
    if (function != Function.SUBTRACT && isFloat(b) && !isFloat(a) && a.length() == b.length()) {
      // The other way round oneDNN has no kernel but the reference.
      a = operands.input(1);
      b = operands.input(0);
    }
    long[] sizes = a.layout().sizes();
    if (!Arrays.equals(b.layout().sizes(), sizes)) {
      long[] broadcast = new long[sizes.length];
      Arrays.fill(broadcast, 1);
      broadcast[sizes.length - 1] = b.length();
      b = b.as(Layout.dense(b.layout().type(), broadcast));
    }
    return operands
        .dnn()
        .binary(function.operation, a.layout(), b.layout(), operands.result(0).layout())
        .with(DNNL_ARG_SRC_0, a)
        .and(DNNL_ARG_SRC_1, b)
        .and(DNNL_ARG_DST, operands.result(0))
        .call();
  }

  private static boolean isFloat(Tensor tensor) {
    return tensor.layout().type() == DataType.FLOAT;
  }
}
