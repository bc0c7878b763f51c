package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Linear;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** In plain Java, in f32: the reference. */
final class PlainMember extends Member {
  private static final float GELU_SLOPE = 1.702f;

  private final Shared shared;
  private final ResidualStream x;
  private final Span[] projectedColumns;
  private final Span outColumns;
  private final Span upColumns;
  private final Span textColumns;
  private final Span imageColumns;
  private final PlainCache cache;
  private final LayerSpans spans;
  private final QueriesAndKeys queriesAndKeys;
  private final CachedAttention attention;
  private final float[][] normed;
  private final float[][] projected;

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
    super(weights, team, member);
    this.shared = shared;
    x = new ResidualStream(rows, config.width());
    int width = config.width();
    int members = team.members();
    Span channels = Span.of(Panels.ofHeads(config.heads(), config.headWidth()), member, members);
    projectedColumns = new Span[] {channels, channels.shifted(width), channels.shifted(2 * width)};
    outColumns = Span.of(Panels.of(width), member, members);
    upColumns = Span.of(Panels.of(4 * width), member, members);
    textColumns = Span.of(Panels.of(config.textVocabulary()), member, members);
    imageColumns = Span.of(Panels.of(config.imageVocabulary()), member, members);
    cache = new PlainCache(config, slots, channels.length());
    spans = new LayerSpans(config);
    queriesAndKeys = new QueriesAndKeys(config, weights.blocks(), channels.from(), channels.to());
    attention = new CachedAttention(config, cache, channels.from(), channels.to());
    normed = new float[rows][width];
    projected = new float[rows][3 * width];
  }

  @Override
  KeyValueCache cache() {
    return cache;
  }

  @Override
  void embed(Pass pass) {
    for (int row = 0; row < pass.rows(); row++) {
      weights.embed(pass, row, x.row(row));
    }
  }

  @Override
  void project(int layer, int rows) {
    for (Span part : projectedColumns) {
      apply(block(layer).qkv(), normed, rows, projected, part);
    }
  }

  @Override
  void attend(Pass pass, int layer) {
    for (int row = 0; row < pass.rows(); row++) {
      attend(pass, row, layer);
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

  @Override
  void awaitInputs() {
    team.meet(member);
  }

  @Override
  void out(int layer, int rows) {
    apply(block(layer).out(), shared.attended, rows, shared.result, outColumns);
  }

  @Override
  void up(int layer, int rows) {
    apply(block(layer).up(), normed, rows, shared.hidden, upColumns);
    for (int row = 0; row < rows; row++) {
      float[] hidden = shared.hidden[row];
      for (int j = upColumns.from(); j < upColumns.to(); j++) {
        hidden[j] = hidden[j] / (1 + Exponential.exp(-GELU_SLOPE * hidden[j]));
      }
    }
  }

  @Override
  void down(int layer, int rows) {
    apply(block(layer).down(), shared.hidden, rows, shared.result, outColumns);
  }

  @Override
  void logits(Pass pass) {
    boolean text = pass.range() == Range.TEXT;
    Span own = text ? textColumns : imageColumns;
    float[][] target = pass.logits();
    for (int row = 0; row < pass.rows(); row++) {
      Arrays.fill(target[row], own.from(), own.to(), 0);
    }
    float[][] head = text ? weights.textHead() : weights.imageHead();
    MatrixProduct.accumulate(normed, pass.rows(), head, target, own.from(), own.to());
  }

  private Block block(int layer) {
    return weights.blocks().get(layer);
  }

  /** y = x · weight + bias in the columns of a span. */
  private static void apply(Linear linear, float[][] x, int rows, float[][] y, Span span) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(linear.bias(), span.from(), y[row], span.from(), span.length());
    }
    MatrixProduct.accumulate(x, rows, linear.weight(), y, span.from(), span.to());
  }

  @Override
  void addOut(@Nullable Norm norm, int rows) {
    add(norm, rows);
  }

  @Override
  void addDown(@Nullable Norm norm, int rows) {
    add(norm, rows);
  }

  private void add(@Nullable Norm norm, int rows) {
    for (int row = 0; row < rows; row++) {
      x.add(row, shared.result[row], norm);
    }
  }

  @Override
  void normalise(Norm norm, int rows) {
    for (int row = 0; row < rows; row++) {
      x.read(row, norm, normed[row]);
    }
  }
}
