package dev.tessera.engine.graph;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.DataFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/**
 * The vocabulary in SameDiff's own operations; runs on every ND4J backend.
 *
 * <p>Two habits look odd and have a reason each. Sums over an axis, and vectors laid under every
 * row of a matrix, are written as matrix products with ones: ND4J's reductions and the backward
 * passes of its broadcasts are one-threaded and many times slower than a product. And a gradient is
 * stopped by rounding to multiples of 2⁻²⁰: SameDiff offers no other operation whose gradient is
 * zero and whose value is (nearly) its input.
 */
final class PlainOps implements Ops {
  private static final double NORM_EPSILON = 1e-5;
  private static final double LENGTH_EPSILON = 1e-12;
  private static final double MASKED = -1e9;
  private static final double STOP_SCALE = 1 << 20;

  private final ModelGraph graph;
  private final Map<Object, GraphTensor> constants = new HashMap<>();

  PlainOps(ModelGraph graph) {
    this.graph = graph;
  }

  @Override
  public GraphTensor linear(GraphTensor x, GraphTensor weight, GraphTensor bias) {
    return addRow(project(x, weight), bias);
  }

  @Override
  public GraphTensor project(GraphTensor x, GraphTensor weight) {
    weight.require("weight of " + x, x.size(1), weight.size(-1));
    return product(x, weight);
  }

  @Override
  public GraphTensor innerProducts(GraphTensor x, GraphTensor rows) {
    rows.require("rows beside " + x, rows.size(0), x.size(-1));
    return product(x, new GraphTensor(rows.variable().permute(1, 0), rows.size(1), rows.size(0)));
  }

  @Override
  public GraphTensor layerNorm(GraphTensor x, GraphTensor scale, GraphTensor bias) {
    // layer_norm_bp takes seven times as long as its forward pass; this form does not.
    GraphTensor mean = affine(sumColumns(x), 1.0 / x.size(1), 0);
    GraphTensor centred = subtract(x, underColumns(mean, x.size(1)));
    GraphTensor variance = affine(sumColumns(multiply(centred, centred)), 1.0 / x.size(1), 0);
    SDVariable spread = sd().math().sqrt(variance.variable().add(NORM_EPSILON));
    GraphTensor inverse = like(variance, spread.rdiv(1.0));
    GraphTensor normal = multiply(centred, underColumns(inverse, x.size(1)));
    return addRow(multiplyRow(normal, scale), bias);
  }

  @Override
  public GraphTensor groupNorm(GraphTensor x, GraphTensor scale, GraphTensor bias, int groups) {
    long channels = x.size(3);
    requireMultiple("channels of " + x, channels, groups);
    long[] grouped = {x.size(0), x.size(1) * x.size(2), groups, channels / groups};
    SDVariable y = reshape(x, grouped).variable();
    SDVariable centred = y.sub(sd().mean(y, true, 1, 3));
    SDVariable variance = sd().mean(centred.mul(centred), true, 1, 3);
    SDVariable normal = centred.div(sd().math().sqrt(variance.add(NORM_EPSILON)));
    GraphTensor rows = reshape(new GraphTensor(normal, grouped), x.length() / channels, channels);
    return reshape(addRow(multiplyRow(rows, scale), bias), x.shape());
  }

  @Override
  public GraphTensor gelu(GraphTensor x) {
    return like(x, sd().nn().gelu(x.variable()));
  }

  @Override
  public GraphTensor relu(GraphTensor x) {
    return like(x, sd().nn().relu(x.variable(), 0));
  }

  @Override
  public GraphTensor leakyRelu(GraphTensor x, double slope) {
    return add(affine(x, (1 + slope) / 2, 0), affine(abs(x), (1 - slope) / 2, 0));
  }

  @Override
  public GraphTensor tanh(GraphTensor x) {
    return like(x, sd().math().tanh(x.variable()));
  }

  @Override
  public GraphTensor exp(GraphTensor x) {
    return like(x, sd().math().exp(x.variable()));
  }

  @Override
  public GraphTensor log(GraphTensor x) {
    return like(x, sd().math().log(x.variable()));
  }

  @Override
  public GraphTensor softplus(GraphTensor x) {
    // ND4J's overflows, but not below zero: (x + |x|) / 2 + log(1 + exp(-|x|)).
    GraphTensor size = abs(x);
    SDVariable rest = sd().nn().softplus(affine(size, -1, 0).variable());
    return add(affine(add(x, size), 0.5, 0), like(x, rest));
  }

  @Override
  public GraphTensor softmax(GraphTensor x) {
    return like(x, sd().nn().softmax(x.variable(), x.rank() - 1));
  }

  @Override
  public GraphTensor logSoftmax(GraphTensor x) {
    // SameDiff's logSoftmax fails to differentiate.
    SDVariable maximum = stop(sd().max(x.variable(), true, 1));
    GraphTensor largest = new GraphTensor(maximum, x.size(0), 1);
    GraphTensor shifted = subtract(x, underColumns(largest, x.size(1)));
    GraphTensor total = sumColumns(like(x, sd().math().exp(shifted.variable())));
    GraphTensor logTotal = like(total, sd().math().log(total.variable()));
    return subtract(shifted, underColumns(logTotal, x.size(1)));
  }

  @Override
  public GraphTensor attention(GraphTensor qkv, int batch, int heads, AttentionMask mask) {
    return attention(qkv, batch, heads, List.of(mask), null);
  }

  @Override
  public GraphTensor attention(
      GraphTensor qkv, int heads, List<AttentionMask> masks, GraphTensor maskOfSequence) {
    return attention(qkv, maskOfSequence.length(), heads, masks, maskOfSequence);
  }

  private GraphTensor attention(
      GraphTensor qkv,
      long batch,
      int heads,
      List<AttentionMask> masks,
      @Nullable GraphTensor maskOfSequence) {
    long length = qkv.size(0) / batch;
    long width = qkv.size(1) / 3;
    qkv.require("queries, keys and values", batch * length, width * 3);
    requireHeads(width, heads);
    SDVariable q = head(qkv, 0, batch, length, width, heads);
    SDVariable k = head(qkv, 1, batch, length, width, heads);
    SDVariable v = head(qkv, 2, batch, length, width, heads);
    SDVariable scores = sd().mmul(q, k, false, true, false).mul(Math.sqrt(1.0 * heads / width));
    // As large as the scores: the backward pass of a broadcast sum would reduce for nothing.
    GraphTensor mask =
        masks.size() == 1 || maskOfSequence == null
            ? masks(Collections.nCopies((int) batch, masks.get(0)), heads, (int) length)
            : embedding(masks(masks, heads, (int) length), maskOfSequence);
    SDVariable masked = scores.add(mask.variable().reshape(batch, heads, length, length));
    SDVariable weights = sd().nn().softmax(masked, 3);
    SDVariable mixed = sd().mmul(weights, v).permute(0, 2, 1, 3);
    return new GraphTensor(mixed.reshape(batch * length, width), batch * length, width);
  }

  private SDVariable head(
      GraphTensor qkv, int part, long batch, long length, long width, int heads) {
    SDVariable slice =
        sd().stridedSlice(
                qkv.variable(),
                new long[] {0, part * width},
                new long[] {batch * length, (part + 1) * width},
                1,
                1);
    return slice.reshape(batch, length, heads, width / heads).permute(0, 2, 1, 3);
  }

  /** 0 where a query may look, a large negative number elsewhere: [masks, heads · T · T]. */
  private GraphTensor masks(List<AttentionMask> masks, int heads, int length) {
    return constants.computeIfAbsent(
        List.of(masks, heads, length),
        key -> {
          int square = length * length;
          float[] values = new float[masks.size() * heads * square];
          for (int i = 0; i < values.length; i++) {
            AttentionMask mask = masks.get(i / heads / square);
            values[i] = mask.attends(i / length % length, i % length) ? 0 : (float) MASKED;
          }
          return graph.constant(values, masks.size(), (long) heads * square);
        });
  }

  @Override
  public GraphTensor normaliseHeads(
      GraphTensor qkv, int heads, GraphTensor queryScale, GraphTensor keyScale) {
    long headWidth = headWidth(qkv, heads);
    queryScale.require("scale of queries", headWidth);
    keyScale.require("scale of keys", headWidth);
    GraphTensor parts = reshape(qkv, qkv.length() / headWidth, headWidth);
    GraphTensor square = affine(sumColumns(multiply(parts, parts)), 1.0 / headWidth, 0);
    SDVariable root = sd().math().sqrt(square.variable().add(NORM_EPSILON));
    GraphTensor inverse = underColumns(like(square, root.rdiv(1.0)), headWidth);
    GraphTensor normal = reshape(multiply(parts, inverse), qkv.shape());
    GraphTensor queries = product(reshape(queryScale, 1, headWidth), everyHead(heads, qkv, 0));
    GraphTensor keys = product(reshape(keyScale, 1, headWidth), everyHead(heads, qkv, 1));
    GraphTensor scale = reshape(add(queries, keys), qkv.size(1));
    return add(multiplyRow(normal, scale), multiplyRow(qkv, valueColumns(qkv)));
  }

  @Override
  public GraphTensor rotate(
      GraphTensor qkv, int heads, GraphTensor cosines, GraphTensor sines, GraphTensor positions) {
    long headWidth = headWidth(qkv, heads);
    requireMultiple("width of a head", headWidth, 2);
    cosines.require("cosines", cosines.size(0), headWidth / 2);
    sines.require("sines", cosines.shape());
    positions.require("positions", qkv.size(0));
    GraphTensor cosine = everyPair(embedding(cosines, positions), heads, qkv);
    GraphTensor sine = everyPair(embedding(sines, positions), heads, qkv);
    GraphTensor kept = multiply(qkv, addRow(cosine, valueColumns(qkv)));
    return add(kept, multiply(product(qkv, quarterTurn(heads, qkv)), sine));
  }

  private static long headWidth(GraphTensor qkv, int heads) {
    requireMultiple("columns of " + qkv, qkv.size(1), 3);
    requireHeads(qkv.size(1) / 3, heads);
    return qkv.size(1) / 3 / heads;
  }

  private static void requireHeads(long width, int heads) {
    if (width % heads != 0) {
      throw new IllegalArgumentException(width + " channels cannot be split into " + heads);
    }
  }

  /** 1 in the columns of values, 0 in those of queries and keys: [3D]. */
  private GraphTensor valueColumns(GraphTensor qkv) {
    int width = Math.toIntExact(qkv.size(1) / 3);
    return constants.computeIfAbsent(
        "value columns " + width,
        key -> {
          float[] values = new float[3 * width];
          Arrays.fill(values, 2 * width, 3 * width, 1);
          return graph.constant(values, 3L * width);
        });
  }

  /** [D / heads, 3D]: copies a head's columns to all heads of the queries (0) or keys (1). */
  private GraphTensor everyHead(int heads, GraphTensor qkv, int part) {
    int width = Math.toIntExact(qkv.size(1) / 3);
    int headWidth = width / heads;
    return constants.computeIfAbsent(
        List.of("every head", heads, width, part),
        key -> {
          float[] values = new float[headWidth * 3 * width];
          for (int column = part * width; column < (part + 1) * width; column++) {
            values[column % headWidth * 3 * width + column] = 1;
          }
          return graph.constant(values, headWidth, 3L * width);
        });
  }

  /** [N, D / heads / 2] → [N, 3D]: both channels of each pair, in queries and keys. */
  private GraphTensor everyPair(GraphTensor x, int heads, GraphTensor qkv) {
    int width = Math.toIntExact(qkv.size(1) / 3);
    int pairs = width / heads / 2;
    GraphTensor copies =
        constants.computeIfAbsent(
            List.of("every pair", heads, width),
            key -> {
              float[] values = new float[pairs * 3 * width];
              for (int column = 0; column < 2 * width; column++) {
                values[column % pairs * 3 * width + column] = 1;
              }
              return graph.constant(values, pairs, 3L * width);
            });
    return product(x, copies);
  }

  /** [3D, 3D]: turns every pair of channels by a right angle, in queries and keys. */
  private GraphTensor quarterTurn(int heads, GraphTensor qkv) {
    int width = Math.toIntExact(qkv.size(1) / 3);
    int pairs = width / heads / 2;
    return constants.computeIfAbsent(
        List.of("quarter turn", heads, width),
        key -> {
          float[] values = new float[9 * width * width];
          for (int column = 0; column < 2 * width; column++) {
            boolean isFirst = column / pairs % 2 == 0;
            int partner = isFirst ? column + pairs : column - pairs;
            values[partner * 3 * width + column] = isFirst ? -1 : 1;
          }
          return graph.constant(values, 3L * width, 3L * width);
        });
  }

  @Override
  public GraphTensor embedding(GraphTensor table, GraphTensor ids) {
    // The gradient of gather is wrong where an id occurs twice.
    return product(oneHot(ids, table.size(0)), table);
  }

  @Override
  public GraphTensor softmaxCrossEntropy(GraphTensor logits, GraphTensor targets) {
    // SameDiff's own cross-entropies ignore the gradient that reaches them.
    GraphTensor chosen = multiply(logSoftmax(logits), oneHot(targets, logits.size(1)));
    return affine(sumColumns(chosen), -1, 0);
  }

  @Override
  public GraphTensor rangedCrossEntropy(
      GraphTensor x,
      GraphTensor weight,
      GraphTensor targets,
      GraphTensor rangeOfRow,
      List<ColumnRange> ranges) {
    long columns = weight.size(1);
    ColumnRange.requireFitting(ranges, x.size(0), columns);
    float[] outside = new float[Math.toIntExact(ranges.size() * columns)];
    Arrays.fill(outside, (float) MASKED);
    for (int i = 0; i < ranges.size(); i++) {
      int start = Math.toIntExact(i * columns);
      int first = start + Math.toIntExact(ranges.get(i).first());
      Arrays.fill(outside, first, start + Math.toIntExact(ranges.get(i).end()), 0);
    }
    GraphTensor masks = graph.constant(outside, ranges.size(), columns);
    GraphTensor logits = add(project(x, weight), embedding(masks, rangeOfRow));
    return softmaxCrossEntropy(logits, targets);
  }

  private GraphTensor oneHot(GraphTensor ids, long depth) {
    SDVariable hot =
        sd().oneHot(ids.variable(), Math.toIntExact(depth), 1, 1.0, 0.0, floatingType());
    return new GraphTensor(hot, ids.length(), depth);
  }

  @Override
  public GraphTensor nearest(GraphTensor vectors, GraphTensor codebook) {
    codebook.require("codebook", codebook.size(0), vectors.size(1));
    // |v - e|² is |v|², which is the same for all e, minus twice this.
    SDVariable products = sd().mmul(vectors.variable(), codebook.variable(), false, true, false);
    GraphTensor norms = affine(sumColumns(multiply(codebook, codebook)), -0.5, 0);
    GraphTensor row = reshape(norms, codebook.size(0));
    long codes = codebook.size(0);
    GraphTensor closeness = addRow(new GraphTensor(products, vectors.size(0), codes), row);
    SDVariable best = sd().argmax(closeness.variable(), 1).castTo(DataType.INT32);
    return new GraphTensor(best, vectors.size(0));
  }

  @Override
  public GraphTensor straightThrough(GraphTensor input, GraphTensor value) {
    value.require("quantised value", input.shape());
    return add(input, like(input, stop(value.variable().sub(input.variable()))));
  }

  @Override
  public GraphTensor rotated(GraphTensor input, GraphTensor value) {
    value.require("quantised value", input.shape());
    long columns = input.size(1);
    GraphTensor from = stopped(unitRows(input));
    GraphTensor to = stopped(unitRows(value));
    // Two reflections: at the plane between the directions, then at the one across the first.
    GraphTensor middle = unitRows(add(from, to));
    GraphTensor reflected =
        multiply(underColumns(sumColumns(multiply(input, middle)), columns), middle);
    GraphTensor turned = multiply(underColumns(sumColumns(multiply(input, from)), columns), to);
    GraphTensor rotated = add(subtract(input, affine(reflected, 2, 0)), affine(turned, 2, 0));
    GraphTensor scale = multiply(rowLengths(value), inverse(rowLengths(input)));
    GraphTensor scaled = multiply(rotated, underColumns(stopped(scale), columns));
    // In exact arithmetic it is the value already.
    return add(scaled, stopped(subtract(value, scaled)));
  }

  @Override
  public GraphTensor unitRows(GraphTensor x) {
    return multiply(x, underColumns(inverse(rowLengths(x)), x.size(1)));
  }

  /** Euclidean lengths of rows: [N, C] → [N, 1], a little above 0 at least. */
  private GraphTensor rowLengths(GraphTensor x) {
    GraphTensor squares = sumColumns(multiply(x, x));
    return like(squares, sd().math().sqrt(squares.variable().add(LENGTH_EPSILON)));
  }

  private static GraphTensor inverse(GraphTensor x) {
    return like(x, x.variable().rdiv(1.0));
  }

  private static GraphTensor stopped(GraphTensor x) {
    return like(x, stop(x.variable()));
  }

  @Override
  public GraphTensor round(GraphTensor x) {
    return like(x, sd().math().round(x.variable()));
  }

  @Override
  public GraphTensor conv2d(GraphTensor x, GraphTensor weight, GraphTensor bias, int stride) {
    long outputs = weight.size(3);
    weight.require("kernel", weight.size(0), weight.size(0), x.size(3), outputs);
    bias.require("bias", outputs);
    requireMultiple("height of " + x, x.size(1), stride);
    requireMultiple("width of " + x, x.size(2), stride);
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(weight.size(0))
            .kW(weight.size(1))
            .sH(stride)
            .sW(stride)
            .paddingMode(PaddingMode.SAME)
            .dataFormat(Conv2DConfig.NHWC)
            .build();
    SDVariable y = sd().cnn().conv2d(x.variable(), weight.variable(), bias.variable(), config);
    return new GraphTensor(y, x.size(0), x.size(1) / stride, x.size(2) / stride, outputs);
  }

  @Override
  public GraphTensor transposedConv2d(
      GraphTensor x, GraphTensor weight, GraphTensor bias, int stride) {
    long outputs = weight.size(2);
    weight.require("kernel", weight.size(0), weight.size(0), outputs, x.size(3));
    bias.require("bias", outputs);
    DeConv2DConfig config =
        DeConv2DConfig.builder()
            .kH(weight.size(0))
            .kW(weight.size(1))
            .sH(stride)
            .sW(stride)
            .isSameMode(true)
            .dataFormat("NHWC")
            .build();
    SDVariable y = sd().cnn().deconv2d(x.variable(), weight.variable(), bias.variable(), config);
    return new GraphTensor(y, x.size(0), x.size(1) * stride, x.size(2) * stride, outputs);
  }

  @Override
  public GraphTensor spaceToDepth(GraphTensor x, int block) {
    requireMultiple("height of " + x, x.size(1), block);
    requireMultiple("width of " + x, x.size(2), block);
    SDVariable y = sd().cnn().spaceToDepth(x.variable(), block, DataFormat.NHWC);
    return new GraphTensor(
        y, x.size(0), x.size(1) / block, x.size(2) / block, x.size(3) * block * block);
  }

  @Override
  public GraphTensor depthToSpace(GraphTensor x, int block) {
    requireMultiple("channels of " + x, x.size(3), (long) block * block);
    SDVariable y = sd().cnn().depthToSpace(x.variable(), block, DataFormat.NHWC);
    return new GraphTensor(
        y, x.size(0), x.size(1) * block, x.size(2) * block, x.size(3) / block / block);
  }

  @Override
  public GraphTensor reshape(GraphTensor x, long... shape) {
    GraphTensor y = new GraphTensor(x.variable().reshape(shape), shape);
    if (y.length() != x.length()) {
      throw new IllegalArgumentException(x + " cannot be seen as " + Arrays.toString(shape));
    }
    return y;
  }

  @Override
  public GraphTensor add(GraphTensor a, GraphTensor b) {
    b.require("summand", a.shape());
    return like(a, a.variable().add(b.variable()));
  }

  @Override
  public GraphTensor subtract(GraphTensor a, GraphTensor b) {
    b.require("subtrahend", a.shape());
    return like(a, a.variable().sub(b.variable()));
  }

  @Override
  public GraphTensor multiply(GraphTensor a, GraphTensor b) {
    b.require("factor", a.shape());
    return like(a, a.variable().mul(b.variable()));
  }

  @Override
  public GraphTensor addRow(GraphTensor x, GraphTensor row) {
    return add(x, underRows(row, x));
  }

  @Override
  public GraphTensor multiplyRow(GraphTensor x, GraphTensor row) {
    return multiply(x, underRows(row, x));
  }

  @Override
  public GraphTensor affine(GraphTensor x, double factor, double offset) {
    SDVariable y = factor == 1 ? x.variable() : x.variable().mul(factor);
    return like(x, offset == 0 ? y : y.add(offset));
  }

  @Override
  public GraphTensor multiplyScalar(GraphTensor x, GraphTensor scalar) {
    scalar.require("scalar", 1);
    if (x.length() == 1) {
      // matmul_bp fails on a product of two single numbers.
      return multiply(x, reshape(scalar, x.shape()));
    }
    GraphTensor column = reshape(x, x.length(), 1);
    return reshape(product(column, reshape(scalar, 1, 1)), x.shape());
  }

  @Override
  public GraphTensor abs(GraphTensor x) {
    return like(x, sd().math().abs(x.variable()));
  }

  @Override
  public GraphTensor sum(GraphTensor x) {
    GraphTensor rows = reshape(x, x.length() / x.size(-1), x.size(-1));
    // Single numbers are not multiplied by one: matmul_bp would fail on that.
    GraphTensor column = rows.size(1) == 1 ? rows : sumColumns(rows);
    GraphTensor row = reshape(column, 1, column.length());
    return row.length() == 1 ? row : sumColumns(row);
  }

  /** [N, D] → [N, 1]. */
  private GraphTensor sumColumns(GraphTensor x) {
    return product(x, ones(x.size(1), 1));
  }

  /** [N, 1] → [N, columns], each row a repetition. */
  private GraphTensor underColumns(GraphTensor column, long columns) {
    return product(column, ones(1, columns));
  }

  /** [D] → the shape [N, D] of {@code x}, each row the same. */
  private GraphTensor underRows(GraphTensor row, GraphTensor x) {
    row.require("row", x.size(1));
    return product(ones(x.size(0), 1), reshape(row, 1, x.size(1)));
  }

  private GraphTensor ones(long rows, long columns) {
    return constants.computeIfAbsent(
        "ones " + rows + " " + columns,
        key -> {
          float[] values = new float[Math.toIntExact(rows * columns)];
          Arrays.fill(values, 1);
          return graph.constant(values, rows, columns);
        });
  }

  private GraphTensor product(GraphTensor a, GraphTensor b) {
    return new GraphTensor(sd().mmul(a.variable(), b.variable()), a.size(0), b.size(1));
  }

  /** The value, with a gradient of zero. */
  private static SDVariable stop(SDVariable x) {
    return x.getSameDiff().math().round(x.mul(STOP_SCALE)).div(STOP_SCALE);
  }

  private static GraphTensor like(GraphTensor x, SDVariable variable) {
    return new GraphTensor(variable, x.shape());
  }

  private static void requireMultiple(String what, long size, long of) {
    if (size % of != 0) {
      throw new IllegalArgumentException(
          what + " is " + size + ", but must be a multiple of " + of);
    }
  }

  private DataType floatingType() {
    return graph.type();
  }

  private SameDiff sd() {
    return graph.sameDiff();
  }
}
