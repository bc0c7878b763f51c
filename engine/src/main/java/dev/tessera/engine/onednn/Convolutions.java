package dev.tessera.engine.onednn;

import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_backward_data;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The primitives of one convolution or transposed convolution. oneDNN chooses the weights' layout;
 * pictures are NHWC in memory, which it is told as NCHW with strides.
 */
public final class Convolutions {
  /**
   * What decides the primitives.
   *
   * @param small sizes B, H', W', I of the side with fewer pixels: a convolution's result, a
   *     transposed convolution's input
   * @param large sizes B, H, W, C of the other side; H = H' · stride
   * @param kernel side of the kernel
   * @param stride pixels of the large side per pixel of the small one
   * @param type of the weights inside the products
   */
  public record Geometry(long[] small, long[] large, long kernel, long stride, DataType type) {
    private long[] before() {
      return new long[] {total(1) / 2, total(2) / 2};
    }

    private long[] after() {
      return new long[] {total(1) - total(1) / 2, total(2) - total(2) / 2};
    }

    /** Zeros along an axis, as few as keep every kernel inside. */
    private long total(int axis) {
      return Math.max(0, (small[axis] - 1) * stride + kernel - large[axis]);
    }

    private long[] strides() {
      return new long[] {stride, stride};
    }
  }

  private final OneDnn dnn;
  private final Geometry geometry;
  private final boolean transposed;
  private final memory.desc input;
  private final memory.desc output;
  private final memory.desc bias;

  /**
   * @param transposed whether the input is the small side
   * @param input type of the input and of its gradient
   * @param output type of the result and of its gradient
   */
  public Convolutions(
      OneDnn dnn, Geometry geometry, boolean transposed, DataType input, DataType output) {
    this.dnn = dnn;
    this.geometry = geometry;
    this.transposed = transposed;
    long[] from = transposed ? geometry.small : geometry.large;
    long[] to = transposed ? geometry.large : geometry.small;
    this.input = pictures(input, from);
    this.output = pictures(output, to);
    this.bias = Layout.dense(DataType.FLOAT, to[3]).description();
  }

  private static memory.desc pictures(DataType type, long[] sizes) {
    return pictures(Layout.dense(type, sizes)).description();
  }

  /** NHWC pictures as oneDNN names their axes. */
  public static Layout pictures(Layout layout) {
    long[] sizes = layout.sizes();
    long row = sizes[2] * sizes[3];
    return Layout.strided(
        layout.type(),
        new long[] {sizes[0], sizes[3], sizes[1], sizes[2]},
        sizes[1] * row,
        1,
        row,
        sizes[3]);
  }

  /**
   * Our weights as oneDNN names their axes, [to, from, k, k]: in memory [k, k, large side's
   * channels, small side's channels].
   */
  public Layout weights(DataType type) {
    long k = geometry.kernel;
    long large = geometry.large[3];
    long small = geometry.small[3];
    long[] outer = {k * large * small, large * small};
    return transposed
        ? Layout.strided(type, new long[] {large, small, k, k}, small, 1, outer[0], outer[1])
        : Layout.strided(type, new long[] {small, large, k, k}, 1, small, outer[0], outer[1]);
  }

  private memory.desc chosenWeights(DataType type) {
    return new memory.desc(weights(type).sizes(), Layout.dataType(type), memory.format_tag.any);
  }

  /**
   * y = x ∗ w + bias.
   *
   * @param rectified whether max(y, 0) is stored instead
   */
  public Primitive forward(boolean rectified) {
    primitive_attr attributes = dnn.attributes();
    if (rectified) {
      post_ops operations = new post_ops();
      operations.append_eltwise(algorithm.eltwise_relu, 0, 0);
      attributes.set_post_ops(operations);
    }
    if (transposed) {
      deconvolution_forward.primitive_desc description = transposedForward(attributes);
      return new Primitive(dnn, description, new deconvolution_forward(description));
    }
    convolution_forward.primitive_desc description = plainForward(attributes);
    return new Primitive(dnn, description, new convolution_forward(description));
  }

  private convolution_forward.primitive_desc plainForward(primitive_attr attributes) {
    return new convolution_forward.primitive_desc(
        OneDnn.processor(),
        prop_kind.forward_training,
        algorithm.convolution_direct,
        input,
        chosenWeights(geometry.type),
        bias,
        output,
        geometry.strides(),
        geometry.before(),
        geometry.after(),
        attributes,
        false);
  }

  private deconvolution_forward.primitive_desc transposedForward(primitive_attr attributes) {
    return new deconvolution_forward.primitive_desc(
        OneDnn.processor(),
        prop_kind.forward_training,
        algorithm.deconvolution_direct,
        input,
        chosenWeights(geometry.type),
        bias,
        output,
        geometry.strides(),
        geometry.before(),
        geometry.after(),
        attributes,
        false);
  }

  /** The input's gradient. */
  public Primitive inputGradient() {
    if (transposed) {
      deconvolution_backward_data.primitive_desc description =
          new deconvolution_backward_data.primitive_desc(
              OneDnn.processor(),
              algorithm.deconvolution_direct,
              input,
              chosenWeights(geometry.type),
              output,
              geometry.strides(),
              geometry.before(),
              geometry.after(),
              transposedForward(dnn.attributes()),
              dnn.attributes(),
              false);
      return new Primitive(dnn, description, new deconvolution_backward_data(description));
    }
    convolution_backward_data.primitive_desc description =
        new convolution_backward_data.primitive_desc(
            OneDnn.processor(),
            algorithm.convolution_direct,
            input,
            chosenWeights(geometry.type),
            output,
            geometry.strides(),
            geometry.before(),
            geometry.after(),
            plainForward(dnn.attributes()),
            dnn.attributes(),
            false);
    return new Primitive(dnn, description, new convolution_backward_data(description));
  }

  /**
   * The weights' gradient, FLOAT, from input and output gradient. For a transposed convolution that
   * is a convolution's with the two exchanged, for which oneDNN has the faster kernel.
   */
  public Primitive weightGradient() {
    if (transposed) {
      throw new IllegalStateException("ask the convolution that this one is the transpose of");
    }
    convolution_backward_weights.primitive_desc description =
        new convolution_backward_weights.primitive_desc(
            OneDnn.processor(),
            algorithm.convolution_direct,
            input,
            chosenWeights(DataType.FLOAT),
            output,
            geometry.strides(),
            geometry.before(),
            geometry.after(),
            plainForward(dnn.attributes()),
            dnn.attributes(),
            false);
    return new Primitive(dnn, description, new convolution_backward_weights(description));
  }
}
