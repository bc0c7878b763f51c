package dev.tessera.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.jspecify.annotations.Nullable;

/**
 * y = x · W + b between two tensors, of whichever linear map is asked for, all of one shape and
 * rounding. Running it allocates nothing in Java. Not thread-safe.
 */
public final class PackedProduct {
  private final PackedLinear like;
  private final Place weights;
  private final Place bias;
  private final @Nullable Place scales;
  private final Call call;

  /**
   * @param like one of the maps
   */
  PackedProduct(PackedLinear like, Primitive primitive, Tensor x, Tensor y) {
    this.like = like;
    weights = new Place(like.weights().layout());
    bias = new Place(like.bias().layout());
    Primitive.Arguments arguments =
        primitive
            .with(DNNL_ARG_SRC, x)
            .and(DNNL_ARG_WEIGHTS, weights)
            .and(DNNL_ARG_BIAS, bias)
            .and(DNNL_ARG_DST, y);
    if (like.rounding() == PackedLinear.Rounding.INT8) {
      Place factors = new Place(like.scales().layout());
      arguments.and(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, factors);
      scales = factors;
    } else {
      scales = null;
    }
    call = arguments.call();
  }

  /**
   * Computes.
   *
   * @throws IllegalArgumentException if the map is of another shape or rounding
   */
  public void run(PackedLinear linear) {
    if (!linear.isLike(like)) {
      throw new IllegalArgumentException(
          "the product was made for weights of " + like + ", but was asked of " + linear);
    }
    weights.move(linear.weights().address());
    bias.move(linear.bias().address());
    if (scales != null) {
      scales.move(linear.scales().address());
    }
    call.run();
  }
}
