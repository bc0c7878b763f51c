package dev.tessera.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_SCALES;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.fpmath_mode;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * y = x · W + b for tiles of exactly {@value #TILE} rows, with W rounded and laid out once as
 * oneDNN's kernel reads it; products are those of bfloat16 numbers, sums are FLOAT.
 *
 * <p>A tile is the only shape that is ever computed, so a row's result depends neither on how many
 * rows there are nor on its neighbours. Where products are limited by reading weights, a tile takes
 * no longer than one row.
 *
 * <p>Packed once, it can be called by any number of threads, each through its own {@link OneDnn}.
 */
public final class PackedLinear {
  /** Rows of a tile: those of a matrix register of AMX. */
  public static final int TILE = 16;

  private final long in;
  private final long out;
  private final Rounding rounding;
  private final memory weights;
  private final memory scales;
  private final memory bias;

  /** What weights are rounded to. */
  public enum Rounding {
    BFLOAT16,
    /** Whole numbers from −127 to 127, times a factor for each column. */
    INT8
  }

  /** What becomes of a product. */
  public enum Activation {
    NONE,
    /** y · σ(1.702 y): the GELU of Hendrycks and Gimpel, section 2, by the logistic function. */
    GELU
  }

  private static final float GELU_SLOPE = 1.702f;
  private static final float LARGEST = 127;
  private static final int PER_COLUMN = 1 << 1;

  /**
   * Packs weights.
   *
   * @param dnn of the calling thread
   * @param weights [in, out], row-major
   * @param bias [out]
   */
  public PackedLinear(OneDnn dnn, float[] weights, float[] bias, int in, Rounding rounding) {
    this.in = in;
    this.rounding = rounding;
    this.out = bias.length;
    if (weights.length != this.in * out) {
      throw new IllegalArgumentException(
          "there are " + weights.length + " weights, but must be " + in + " times " + out);
    }
    float[] factors = new float[bias.length];
    memory given =
        switch (rounding) {
          case BFLOAT16 -> floats(dnn, weights, in, out);
          case INT8 -> wholeNumbers(dnn, weights, factors);
        };
    scales = floats(dnn, factors, out);
    matmul.primitive_desc description =
        describe(
            dnn,
            Layout.dense(DataType.BFLOAT16, TILE, in),
            new memory.desc(new long[] {in, out}, type(), memory.format_tag.any),
            Layout.dense(DataType.FLOAT, TILE, out),
            Activation.NONE);
    this.weights = dnn.allocate(description.weights_desc(0));
    dnn.reorder(given, this.weights)
        .with(DNNL_ARG_FROM, given)
        .and(DNNL_ARG_TO, this.weights)
        .call()
        .run();
    this.bias = floats(dnn, bias, 1, out);
  }

  private static memory floats(OneDnn dnn, float[] values, long... sizes) {
    memory made = dnn.allocate(Layout.dense(DataType.FLOAT, sizes).description());
    new FloatPointer(made.get_data_handle()).put(values);
    return made;
  }

  /** Weights by the factors of their columns, which are written down. */
  private static memory wholeNumbers(OneDnn dnn, float[] weights, float[] factors) {
    int columns = factors.length;
    for (int i = 0; i < weights.length; i++) {
      factors[i % columns] = Math.max(factors[i % columns], Math.abs(weights[i]) / LARGEST);
    }
    byte[] rounded = new byte[weights.length];
    for (int i = 0; i < weights.length; i++) {
      float factor = factors[i % columns];
      rounded[i] = (byte) (factor == 0 ? 0 : Math.round(weights[i] / factor));
    }
    long[] sizes = {weights.length / columns, columns};
    memory made =
        dnn.allocate(new memory.desc(sizes, memory.data_type.s8, new long[] {columns, 1}));
    new BytePointer(made.get_data_handle()).put(rounded);
    return made;
  }

  private memory.data_type type() {
    return rounding == Rounding.INT8 ? memory.data_type.s8 : memory.data_type.bf16;
  }

  /** Bytes that a call reads of the weights. */
  public long bytes() {
    return weights.get_desc().get_size();
  }

  /**
   * The product for one tile.
   *
   * @param dnn of the thread that will run it
   * @param x BFLOAT16 [{@value #TILE}, in]
   * @param y FLOAT or BFLOAT16 [{@value #TILE}, out]; rows may lie further apart
   */
  public Call call(OneDnn dnn, Tensor x, Tensor y, Activation activation) {
    Primitive.Arguments arguments =
        primitive(dnn, x.layout(), y.layout(), activation)
            .with(DNNL_ARG_SRC, x)
            .and(DNNL_ARG_WEIGHTS, weights)
            .and(DNNL_ARG_BIAS, bias)
            .and(DNNL_ARG_DST, y);
    if (rounding == Rounding.INT8) {
      arguments.and(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, scales);
    }
    return arguments.call();
  }

  private Primitive primitive(OneDnn dnn, Layout x, Layout y, Activation activation) {
    return dnn.shared(
        List.of(in, out, rounding, activation, x.stride(0), y.type(), y.stride(0)),
        () -> {
          matmul.primitive_desc description = describe(dnn, x, weights.get_desc(), y, activation);
          return new Primitive(dnn, description, new matmul(description));
        });
  }

  private matmul.primitive_desc describe(
      OneDnn dnn, Layout x, memory.desc packed, Layout y, Activation activation) {
    primitive_attr attributes = dnn.attributes();
    if (rounding == Rounding.INT8) {
      attributes.set_scales_mask(DNNL_ARG_WEIGHTS, PER_COLUMN);
      attributes.set_fpmath_mode(fpmath_mode.bf16.value, true);
    }
    if (activation == Activation.GELU) {
      post_ops operations = new post_ops();
      operations.append_eltwise(algorithm.eltwise_swish, GELU_SLOPE, 0);
      attributes.set_post_ops(operations);
    }
    return new matmul.primitive_desc(
        OneDnn.processor(),
        x.description(),
        packed,
        Layout.dense(DataType.FLOAT, 1, out).description(),
        y.description(),
        attributes,
        false);
  }
}
