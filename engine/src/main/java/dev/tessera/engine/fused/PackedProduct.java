package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Primitive;
import dev.tessera.engine.onednn.Tensor;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Products whose second operand is first copied into the layout that the processor's tiles want.
 * Left to itself, oneDNN does so inside of the product, again for every part of it.
 */
final class PackedProduct {
  /** Rows and columns of oneDNN's blocks; the last ones are filled up with zeros. */
  private static final long BLOCK = 64;

  private PackedProduct() {}

  /** Whether copying pays for operands of a type. */
  static boolean pays(DataType type) {
    return type == DataType.BFLOAT16 && OneDnn.multipliesTiles();
  }

  /** Room for a copy of a matrix. */
  static TensorType room(TensorType matrix) {
    return TensorType.of(matrix.type(), filled(matrix.size(0)), filled(matrix.size(1)));
  }

  private static long filled(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  /** c = a·b + bias, in {@link #room} for b. */
  static Runnable of(OneDnn dnn, Tensor a, Tensor b, @Nullable Tensor bias, Tensor c, Tensor room) {
    Primitive product =
        dnn.matmulOfPacked(a.layout(), b.layout(), bias == null ? null : bias.layout(), c.layout());
    memory packed = dnn.within(room, product.weights());
    Runnable copy =
        dnn.reorder(b.layout(), packed).with(DNNL_ARG_SRC, b).and(DNNL_ARG_DST, packed).call();
    Primitive.Arguments arguments =
        product.with(DNNL_ARG_SRC, a).and(DNNL_ARG_WEIGHTS, packed).and(DNNL_ARG_DST, c);
    Runnable call = bias == null ? arguments.call() : arguments.and(DNNL_ARG_BIAS, bias).call();
    return () -> {
      copy.run();
      call.run();
    };
  }
}
