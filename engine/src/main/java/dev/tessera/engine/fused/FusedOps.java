package dev.tessera.engine.fused;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.graph.ColumnRange;
import dev.tessera.engine.graph.Execution.Precision;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.onednn.OneDnn;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The vocabulary in fused operations. With bfloat16, products, convolutions, normalised rows and
 * what follows from them alone are BFLOAT16; everything else is FLOAT, and so are the results of
 * convolutions with few channels (pixels, numbers to be quantised).
 */
public final class FusedOps implements Ops {
  private static final float GELU_SHARPNESS = 1.702f;
  private static final long FEW_CHANNELS = 16;

  private final SameDiff graph;
  private final Ops plain;
  private final DataType product;

  /**
   * @param plain for what gains nothing from fusing
   * @throws UnsupportedOperationException if the processor does not take bfloat16
   */
  public FusedOps(SameDiff graph, Ops plain, Precision precision) {
    if (precision == Precision.BF16 && !OneDnn.takesBfloat16()) {
      throw new UnsupportedOperationException(
          "bf16 needs AVX-512, but oneDNN finds " + OneDnn.instructionSet() + " here: use f32");
    }
    this.graph = graph;
    this.plain = plain;
    this.product = precision == Precision.BF16 ? DataType.BFLOAT16 : DataType.FLOAT;
  }

  private Typed typed(GraphTensor x) {
    return new Typed(x.variable(), new TensorType(x.variable().dataType(), x.shape()));
  }

  private Typed cast(GraphTensor x, DataType type) {
    Typed typed = typed(x);
    return typed.type().type() == type
        ? typed
        : FusedOperation.add(graph, new Cast(type), typed).get(0);
  }

  private Typed floats(GraphTensor x) {
    return cast(x, DataType.FLOAT);
  }

  private GraphTensor tensor(Typed typed) {
    return new GraphTensor(typed.variable(), typed.type().shape());
  }

  private GraphTensor add(FusedKernel kernel, Typed... inputs) {
    return tensor(FusedOperation.add(graph, kernel, inputs).get(0));
  }

  @Override
  public GraphTensor linear(GraphTensor x, GraphTensor weight, GraphTensor bias) {
    weight.require("weight of " + x, x.size(1), weight.size(-1));
    bias.require("bias", weight.size(1));
    return add(new Linear(product), cast(x, product), cast(weight, product), floats(bias));
  }

  @Override
  public GraphTensor project(GraphTensor x, GraphTensor weight) {
    weight.require("weight of " + x, x.size(1), weight.size(-1));
    return add(new Linear(DataType.FLOAT), cast(x, product), cast(weight, product));
  }

  @Override
  public GraphTensor innerProducts(GraphTensor x, GraphTensor rows) {
    rows.require("rows beside " + x, rows.size(0), x.size(-1));
    return add(new InnerProducts(), floats(x), floats(rows));
  }

  @Override
  public GraphTensor layerNorm(GraphTensor x, GraphTensor scale, GraphTensor bias) {
    scale.require("scale", x.size(1));
    bias.require("bias", x.size(1));
    return add(new LayerNorm(product), floats(x), floats(scale), floats(bias));
  }

  @Override
  public GraphTensor groupNorm(GraphTensor x, GraphTensor scale, GraphTensor bias, int groups) {
    // oneDNN 3.6 has the operation, but its gradient for x is wrong.
    return plain.groupNorm(tensor(floats(x)), scale, bias, groups);
  }

  @Override
  public GraphTensor gelu(GraphTensor x) {
    return elementwise(Elementwise.Function.SWISH, GELU_SHARPNESS, 0, typed(x));
  }

  @Override
  public GraphTensor relu(GraphTensor x) {
    return elementwise(Elementwise.Function.RELU, 0, 0, typed(x));
  }

  @Override
  public GraphTensor leakyRelu(GraphTensor x, double slope) {
    return elementwise(Elementwise.Function.RELU, slope, 0, typed(x));
  }

  @Override
  public GraphTensor tanh(GraphTensor x) {
    return elementwise(Elementwise.Function.TANH, 0, 0, floats(x));
  }

  @Override
  public GraphTensor exp(GraphTensor x) {
    return elementwise(Elementwise.Function.EXP, 0, 0, floats(x));
  }

  @Override
  public GraphTensor log(GraphTensor x) {
    return elementwise(Elementwise.Function.LOG, 0, 0, floats(x));
  }

  @Override
  public GraphTensor softplus(GraphTensor x) {
    return elementwise(Elementwise.Function.SOFTPLUS, 1, 0, floats(x));
  }

  private GraphTensor elementwise(
      Elementwise.Function function, double alpha, double beta, Typed x) {
    return add(new Elementwise(function, (float) alpha, (float) beta), x);
  }

  @Override
  public GraphTensor softmax(GraphTensor x) {
    return add(new Softmax(false), floats(x));
  }

  @Override
  public GraphTensor logSoftmax(GraphTensor x) {
    return add(new Softmax(true), floats(x));
  }

  @Override
  public GraphTensor attention(GraphTensor qkv, int batch, int heads, AttentionMask mask) {
    requireHeads(qkv, batch, heads);
    return add(new Attention(batch, heads, List.of(mask)), cast(qkv, product));
  }

  @Override
  public GraphTensor attention(
      GraphTensor qkv, int heads, List<AttentionMask> masks, GraphTensor maskOfSequence) {
    int batch = Math.toIntExact(maskOfSequence.length());
    if (masks.size() == 1) {
      return attention(qkv, batch, heads, masks.get(0));
    }
    requireHeads(qkv, batch, heads);
    Attention kernel = new Attention(batch, heads, List.copyOf(masks));
    return add(kernel, cast(qkv, product), typed(maskOfSequence));
  }

  @Override
  public GraphTensor normaliseHeads(
      GraphTensor qkv, int heads, GraphTensor queryScale, GraphTensor keyScale) {
    requireHeads(qkv, 1, heads);
    queryScale.require("scale of queries", qkv.size(1) / 3 / heads);
    keyScale.require("scale of keys", qkv.size(1) / 3 / heads);
    return add(new HeadNorm(heads), cast(qkv, product), floats(queryScale), floats(keyScale));
  }

  @Override
  public GraphTensor rotate(
      GraphTensor qkv, int heads, GraphTensor cosines, GraphTensor sines, GraphTensor positions) {
    requireHeads(qkv, 1, heads);
    requireMultiple("width of a head", qkv.size(1) / 3 / heads, 2);
    cosines.require("cosines", cosines.size(0), qkv.size(1) / 3 / heads / 2);
    sines.require("sines", cosines.shape());
    positions.require("positions", qkv.size(0));
    return add(
        new Rotary(heads, false),
        cast(qkv, product),
        floats(cosines),
        floats(sines),
        typed(positions));
  }

  private static void requireHeads(GraphTensor qkv, long batch, int heads) {
    long width = qkv.size(1) / 3;
    qkv.require("queries, keys and values", qkv.size(0) / batch * batch, width * 3);
    if (width % heads != 0) {
      throw new IllegalArgumentException(width + " channels cannot be split into " + heads);
    }
  }

  @Override
  public GraphTensor embedding(GraphTensor table, GraphTensor ids) {
    return add(new Embedding(), floats(table), typed(ids));
  }

  @Override
  public GraphTensor softmaxCrossEntropy(GraphTensor logits, GraphTensor targets) {
    return plain.softmaxCrossEntropy(tensor(floats(logits)), targets);
  }

  @Override
  public GraphTensor rangedCrossEntropy(
      GraphTensor x,
      GraphTensor weight,
      GraphTensor targets,
      GraphTensor rangeOfRow,
      List<ColumnRange> ranges) {
    weight.require("weight of " + x, x.size(1), weight.size(-1));
    targets.require("targets", x.size(0));
    rangeOfRow.require("ranges", x.size(0));
    ColumnRange.requireFitting(ranges, x.size(0), weight.size(1));
    long[] attributes =
        ranges.stream()
            .flatMapToLong(
                range -> Arrays.stream(new long[] {range.first(), range.end(), range.rows()}))
            .toArray();
    return add(
        new RangedCrossEntropy(attributes),
        cast(x, product),
        cast(weight, product),
        typed(targets),
        typed(rangeOfRow));
  }

  @Override
  public GraphTensor nearest(GraphTensor vectors, GraphTensor codebook) {
    codebook.require("codebook", codebook.size(0), vectors.size(1));
    return add(new Nearest(), floats(vectors), floats(codebook));
  }

  @Override
  public GraphTensor straightThrough(GraphTensor input, GraphTensor value) {
    value.require("quantised value", input.shape());
    return add(new StraightThrough(), typed(input), typed(value));
  }

  @Override
  public GraphTensor rotated(GraphTensor input, GraphTensor value) {
    return plain.rotated(tensor(floats(input)), tensor(floats(value)));
  }

  @Override
  public GraphTensor unitRows(GraphTensor x) {
    return plain.unitRows(tensor(floats(x)));
  }

  @Override
  public GraphTensor round(GraphTensor x) {
    return elementwise(Elementwise.Function.ROUND, 0, 0, floats(x));
  }

  @Override
  public GraphTensor conv2d(GraphTensor x, GraphTensor weight, GraphTensor bias, int stride) {
    weight.require("kernel", weight.size(0), weight.size(0), x.size(3), weight.size(3));
    bias.require("bias", weight.size(3));
    requireMultiple("height of " + x, x.size(1), stride);
    requireMultiple("width of " + x, x.size(2), stride);
    return convolution(false, x, weight, bias, stride, weight.size(3));
  }

  @Override
  public GraphTensor transposedConv2d(
      GraphTensor x, GraphTensor weight, GraphTensor bias, int stride) {
    weight.require("kernel", weight.size(0), weight.size(0), weight.size(2), x.size(3));
    bias.require("bias", weight.size(2));
    return convolution(true, x, weight, bias, stride, weight.size(2));
  }

  private GraphTensor convolution(
      boolean transposed,
      GraphTensor x,
      GraphTensor weight,
      GraphTensor bias,
      int stride,
      long channels) {
    // bf16 is multiplied by pairs of channels. Where there is no AMX, oneDNN 3.6 takes what is no
    // weight for the partner of an odd one (brg_conv_fwd:avx512_core_bf16).
    DataType from = x.size(3) % 2 == 0 && channels % 2 == 0 ? product : DataType.FLOAT;
    DataType type = channels <= FEW_CHANNELS ? DataType.FLOAT : from;
    return add(
        new Convolution(transposed, stride, false, type),
        cast(x, from),
        floats(weight),
        floats(bias));
  }

  @Override
  public GraphTensor spaceToDepth(GraphTensor x, int block) {
    requireMultiple("height of " + x, x.size(1), block);
    requireMultiple("width of " + x, x.size(2), block);
    return add(new Shuffle(block, true), typed(x));
  }

  @Override
  public GraphTensor depthToSpace(GraphTensor x, int block) {
    requireMultiple("channels of " + x, x.size(3), (long) block * block);
    return add(new Shuffle(block, false), typed(x));
  }

  @Override
  public GraphTensor reshape(GraphTensor x, long... shape) {
    return plain.reshape(x, shape);
  }

  @Override
  public GraphTensor add(GraphTensor a, GraphTensor b) {
    b.require("summand", a.shape());
    return binary(Binary.Function.ADD, a, b);
  }

  @Override
  public GraphTensor subtract(GraphTensor a, GraphTensor b) {
    b.require("subtrahend", a.shape());
    return binary(Binary.Function.SUBTRACT, tensor(floats(a)), tensor(floats(b)));
  }

  @Override
  public GraphTensor multiply(GraphTensor a, GraphTensor b) {
    b.require("factor", a.shape());
    return binary(Binary.Function.MULTIPLY, a, b);
  }

  /** BFLOAT16 if both are, otherwise FLOAT. */
  private GraphTensor binary(Binary.Function function, GraphTensor a, GraphTensor b) {
    Typed left = typed(a);
    Typed right = typed(b);
    return add(Binary.of(function, left, right), left, right);
  }

  @Override
  public GraphTensor addRow(GraphTensor x, GraphTensor row) {
    row.require("row", x.size(1));
    return add(new Binary(Binary.Function.ADD, DataType.FLOAT), floats(x), floats(row));
  }

  @Override
  public GraphTensor multiplyRow(GraphTensor x, GraphTensor row) {
    row.require("row", x.size(1));
    return add(new Binary(Binary.Function.MULTIPLY, DataType.FLOAT), floats(x), floats(row));
  }

  @Override
  public GraphTensor affine(GraphTensor x, double factor, double offset) {
    return elementwise(Elementwise.Function.AFFINE, factor, offset, floats(x));
  }

  @Override
  public GraphTensor multiplyScalar(GraphTensor x, GraphTensor scalar) {
    scalar.require("scalar", 1);
    return add(new Binary(Binary.Function.MULTIPLY, DataType.FLOAT), floats(x), floats(scalar));
  }

  @Override
  public GraphTensor abs(GraphTensor x) {
    return elementwise(Elementwise.Function.ABSOLUTE, 0, 0, floats(x));
  }

  @Override
  public GraphTensor sum(GraphTensor x) {
    return add(new Total(new long[] {1, 1}), floats(x));
  }

  private static void requireMultiple(String what, long size, long of) {
    if (size % of != 0) {
      throw new IllegalArgumentException(
          what + " is " + size + ", but must be a multiple of " + of);
    }
  }
}
