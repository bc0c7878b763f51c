package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Linear;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** In plain Java, in f32: the reference. */
final class PlainMember implements Member {
  private static final float GELU_SLOPE = 1.702f;

  private final int member;
  private final ThreadTeam team;
  private final TransformerWeights weights;
  private final Shared shared;
  private final int width;
  private final Span channels;
  private final Span outColumns;
  private final Span upColumns;
  private final Span textColumns;
  private final Span imageColumns;
  private final PlainCache cache;
  private final LayerSpans spans;
  private final QueriesAndKeys queriesAndKeys;
  private final CachedAttention attention;
  private final float[][] x;
  private final float[][] normed;
  private final float[][] projected;
  private final float[] added;

  /** Rows that members give each other. */
  static final class Shared {
    private final float[][] attended;
    private final float[][] hidden;
    private final float[][] result;

    Shared(TransformerConfig config, int rows) {
      attended = new float[rows][config.width()];
      hidden = new float[rows][4 * config.width()];
      result = new float[rows][config.width()];
    }
  }

  private record Span(int from, int to) {
    static Span of(Panels panels, int member, int members) {
      return new Span(panels.firstColumn(member, members), panels.firstColumn(member + 1, members));
    }

    Span shifted(int by) {
      return new Span(from + by, to + by);
    }
  }

  /**
   * @param slots of the cache
   * @param rows of a pass at most
   */
  PlainMember(
      TransformerConfig config,
      TransformerWeights weights,
      Shared shared,
      ThreadTeam team,
      int member,
      int slots,
      int rows) {
    this.member = member;
    this.team = team;
    this.weights = weights;
    this.shared = shared;
    width = config.width();
    int members = team.members();
    channels = Span.of(Panels.ofHeads(config.heads(), config.headWidth()), member, members);
    outColumns = Span.of(Panels.of(width), member, members);
    upColumns = Span.of(Panels.of(4 * width), member, members);
    textColumns = Span.of(Panels.of(config.textVocabulary()), member, members);
    imageColumns = Span.of(Panels.of(config.imageVocabulary()), member, members);
    cache = new PlainCache(config, slots, channels.to - channels.from);
    spans = new LayerSpans(config);
    queriesAndKeys = new QueriesAndKeys(config, weights.blocks(), channels.from, channels.to);
    attention = new CachedAttention(config, cache, channels.from, channels.to);
    x = new float[rows][width];
    normed = new float[rows][width];
    projected = new float[rows][3 * width];
    added = new float[width];
  }

  @Override
  public KeyValueCache cache() {
    return cache;
  }

  @Override
  public void run(Pass pass) {
    int rows = pass.rows();
    for (int row = 0; row < rows; row++) {
      weights.embed(pass.token(row), pass.position(row), pass.targetPosition(row), x[row]);
    }
    for (int layer = 0; layer < weights.blocks().size(); layer++) {
      Block block = weights.blocks().get(layer);
      normalise(block.norm1(), rows);
      for (int part = 0; part < 3; part++) {
        apply(block.qkv(), normed, rows, projected, channels.shifted(part * width));
      }
      for (int row = 0; row < rows; row++) {
        attend(pass, row, layer);
      }
      team.meet(member);
      apply(block.out(), shared.attended, rows, shared.result, outColumns);
      team.meet(member);
      addResult(block.attentionNorm(), rows);

      normalise(block.norm2(), rows);
      apply(block.up(), normed, rows, shared.hidden, upColumns);
      activate(rows);
      team.meet(member);
      apply(block.down(), shared.hidden, rows, shared.result, outColumns);
      team.meet(member);
      addResult(block.mlpNorm(), rows);
    }
    if (pass.range() != Range.NONE) {
      normalise(weights.norm(), rows);
      logits(pass);
    }
  }

  private void attend(Pass pass, int row, int layer) {
    int input = pass.input(row);
    queriesAndKeys.prepare(layer, pass.position(row), projected[row]);
    attention.attend(
        pass.slot(row),
        layer,
        input,
        spans.of(layer, pass.order(row), input),
        projected[row],
        shared.attended[row]);
  }

  private void activate(int rows) {
    for (int row = 0; row < rows; row++) {
      float[] hidden = shared.hidden[row];
      for (int j = upColumns.from; j < upColumns.to; j++) {
        hidden[j] = hidden[j] / (1 + Exponential.exp(-GELU_SLOPE * hidden[j]));
      }
    }
  }

  private void logits(Pass pass) {
    boolean text = pass.range() == Range.TEXT;
    Span own = text ? textColumns : imageColumns;
    float[][] target = pass.logits();
    for (int row = 0; row < pass.rows(); row++) {
      Arrays.fill(target[row], own.from, own.to, 0);
    }
    float[][] head = text ? weights.textHead() : weights.imageHead();
    MatrixProduct.accumulate(normed, pass.rows(), head, target, own.from, own.to);
  }

  /** y = x · weight + bias in the columns of a span. */
  private static void apply(Linear linear, float[][] x, int rows, float[][] y, Span span) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(linear.bias(), span.from, y[row], span.from, span.to - span.from);
    }
    MatrixProduct.accumulate(x, rows, linear.weight(), y, span.from, span.to);
  }

  /**
   * Adds what was computed last to the residual stream.
   *
   * @param norm of it; null if it is added as it is
   */
  private void addResult(@Nullable Norm norm, int rows) {
    for (int row = 0; row < rows; row++) {
      float[] result = shared.result[row];
      if (norm != null) {
        normalise(norm, result, added);
        result = added;
      }
      float[] y = x[row];
      for (int j = 0; j < y.length; j++) {
        y[j] += result[j];
      }
    }
  }

  private void normalise(Norm norm, int rows) {
    for (int row = 0; row < rows; row++) {
      normalise(norm, x[row], normed[row]);
    }
  }

  private static void normalise(Norm norm, float[] in, float[] out) {
    float mean = (float) (Logits.sum(in, 0, in.length) / in.length);
    for (int j = 0; j < out.length; j++) {
      out[j] = in[j] - mean;
    }
    double variance = sumOfSquares(out) / out.length;
    float factor = (float) (1 / Math.sqrt(variance + NORM_EPSILON));
    float[] scale = norm.scale();
    float[] bias = norm.bias();
    for (int j = 0; j < out.length; j++) {
      out[j] = out[j] * factor * scale[j] + bias[j];
    }
  }

  /** Four sums side by side, because the additions of one would wait for each other. */
  private static double sumOfSquares(float[] values) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int j = 0;
    for (; j + 3 < values.length; j += 4) {
      sum0 += (double) values[j] * values[j];
      sum1 += (double) values[j + 1] * values[j + 1];
      sum2 += (double) values[j + 2] * values[j + 2];
      sum3 += (double) values[j + 3] * values[j + 3];
    }
    for (; j < values.length; j++) {
      sum0 += (double) values[j] * values[j];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }
}
