package dev.tessera.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.random.CounterRandom;
import java.util.Arrays;
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
 * y = x · W + b for tiles of {@value #TILE} rows, with W rounded and laid out once as oneDNN's
 * kernel reads it; products are those of bfloat16 numbers, sums are FLOAT.
 *
 * <p>A tile is nearly the only shape that is ever computed, so a row's result depends neither on
 * how many rows there are nor on its neighbours. Reading weights limits a product; what becomes of
 * it afterwards takes as long as there are rows, so a single row can be computed by itself where
 * its bits are those that it has in a tile ({@link #takesRowsAlone}).
 *
 * <p>Packed once, it can be used by any number of threads, each through its own {@link OneDnn} and
 * {@link PackedProduct}.
 */
public final class PackedLinear {
  /** Rows of a tile: those of a matrix register of AMX. */
  public static final int TILE = 16;

  private final long in;
  private final long out;
  private final Rounding rounding;
  private final Kept weights;
  private final Kept scales;
  private final Kept bias;
  private final boolean takesRowsAlone;

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

  /** Rows by which it is tried whether a row has the same bits alone. */
  private static final int TRIALS = 4;

  /**
   * Packs weights.
   *
   * @param dnn of the calling thread
   * @param arena where weights are put
   * @param weights [in, out], row-major
   * @param bias [out]
   */
  public PackedLinear(
      OneDnn dnn, Arena arena, float[] weights, float[] bias, int in, Rounding rounding) {
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
    scales = new Kept(floats(dnn, factors, out));
    // Where there is no AMX, oneDNN 3.6 adds something to a pair whose second input is missing.
    memory.format_tag tag = in % 2 == 0 ? memory.format_tag.any : memory.format_tag.ab;
    memory.desc wanted = new memory.desc(new long[] {in, out}, type(), tag);
    matmul.primitive_desc description = describe(dnn, TILE, wanted);
    this.weights = arena.take(description.weights_desc(0));
    dnn.reorder(given, this.weights.held())
        .with(DNNL_ARG_FROM, given)
        .and(DNNL_ARG_TO, this.weights.held())
        .call()
        .run();
    this.bias = new Kept(floats(dnn, bias, 1, out));
    takesRowsAlone =
        OneDnn.multipliesBfloat16()
            && implementation(describe(dnn, 1, this.weights.layout()))
                .equals(implementation(description))
            && hasTheSameBitsAlone(dnn);
  }

  private matmul.primitive_desc describe(OneDnn dnn, int rows, memory.desc packed) {
    return describe(
        dnn,
        Layout.dense(DataType.BFLOAT16, rows, in),
        packed,
        Layout.dense(DataType.FLOAT, rows, out),
        Activation.NONE);
  }

  private static String implementation(matmul.primitive_desc description) {
    return description.impl_info_str().getString();
  }

  /**
   * Tries it with rows of random numbers: sums in another order differ in the last bits of some
   * columns.
   */
  private boolean hasTheSameBitsAlone(OneDnn dnn) {
    CounterRandom random = new CounterRandom(in, "row alone", 0);
    short[] row = new short[Math.toIntExact(in)];
    NativeMatrix x = new NativeMatrix(dnn, DataType.BFLOAT16, 1, row.length);
    boolean same = true;
    for (int trial = 0; trial < TRIALS && same; trial++) {
      for (int i = 0; i < row.length; i++) {
        row[i] = Bfloat16.round((float) random.nextGaussian());
      }
      x.put(0, 0, row, 0, row.length);
      same = Arrays.equals(firstRow(dnn, x.tile(0)), firstRow(dnn, x.rows(0, 1)));
    }
    return same;
  }

  private float[] firstRow(OneDnn dnn, Tensor x) {
    float[] found = new float[Math.toIntExact(out)];
    NativeMatrix y = new NativeMatrix(dnn, DataType.FLOAT, 1, found.length);
    Tensor rows = y.rows(0, Math.toIntExact(x.size(0)));
    Primitive primitive = primitive(dnn, x.layout(), rows.layout(), Activation.NONE);
    new PackedProduct(this, primitive, x, rows).run(this);
    y.get(0, 0, found, 0, found.length);
    return found;
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

  /**
   * Whether a row by itself gets the bits that it has in a tile. It does where oneDNN has one
   * kernel for both, which takes the rows of the weights in the same order: that depends on the
   * processor and on the number of weights.
   */
  public boolean takesRowsAlone() {
    return takesRowsAlone;
  }

  /** Bytes that a call reads of the weights. */
  public long bytes() {
    return weights.layout().get_size();
  }

  /** Whether products of one can be those of the other. */
  boolean isLike(PackedLinear other) {
    return in == other.in && out == other.out && rounding == other.rounding;
  }

  @Override
  public String toString() {
    return in + " × " + out + " in " + rounding;
  }

  Kept weights() {
    return weights;
  }

  Kept scales() {
    return scales;
  }

  Kept bias() {
    return bias;
  }

  Rounding rounding() {
    return rounding;
  }

  /**
   * The product of this and others like it for one tile, or for one row.
   *
   * @param dnn of the thread that will run it
   * @param x BFLOAT16 [{@value #TILE}, in]; [1, in] if {@link #takesRowsAlone}
   * @param y FLOAT or BFLOAT16, as many rows of {@code out}; they may lie further apart
   */
  public PackedProduct product(OneDnn dnn, Tensor x, Tensor y, Activation activation) {
    if (x.size(0) != TILE && !(x.size(0) == 1 && takesRowsAlone)) {
      throw new IllegalArgumentException(
          "a product was asked for " + x.size(0) + " rows, but must be for a tile of " + TILE);
    }
    return new PackedProduct(this, primitive(dnn, x.layout(), y.layout(), activation), x, y);
  }

  private Primitive primitive(OneDnn dnn, Layout x, Layout y, Activation activation) {
    return dnn.shared(
        List.of(in, out, rounding, activation, x.size(0), x.stride(0), y.type(), y.stride(0)),
        () -> {
          matmul.primitive_desc description = describe(dnn, x, weights.layout(), y, activation);
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
    post_ops operations = new post_ops();
    switch (activation) {
      case NONE -> {}
      case GELU -> operations.append_eltwise(algorithm.eltwise_swish, GELU_SLOPE, 0);
    }
    attributes.set_post_ops(operations);
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
