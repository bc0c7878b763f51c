package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Linear;
import java.util.Arrays;

/** In plain Java, in f32: the reference. */
final class PlainProducts implements Products {
  private static final float GELU_SLOPE = 1.702f;

  private final TransformerWeights weights;
  private final Shared shared;
  private final int width;
  private final Span channels;
  private final Span outColumns;
  private final Span upColumns;
  private final Span textColumns;
  private final Span imageColumns;
  private final float[][] input;
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

  private record Span(int from, int to) {
    static Span of(Panels panels, int member, int members) {
      return new Span(panels.firstColumn(member, members), panels.firstColumn(member + 1, members));
    }

    Span shifted(int by) {
      return new Span(from + by, to + by);
    }
  }

  PlainProducts(
      TransformerConfig config,
      TransformerWeights weights,
      Shared shared,
      int rows,
      int member,
      int members) {
    this.weights = weights;
    this.shared = shared;
    width = config.width();
    channels = Span.of(Panels.ofHeads(config.heads(), config.headWidth()), member, members);
    outColumns = Span.of(Panels.of(width), member, members);
    upColumns = Span.of(Panels.of(4 * width), member, members);
    textColumns = Span.of(Panels.of(config.textVocabulary()), member, members);
    imageColumns = Span.of(Panels.of(config.imageVocabulary()), member, members);
    input = new float[rows][width];
    projected = new float[rows][3 * width];
  }

  @Override
  public void begin() {}

  @Override
  public void end() {}

  @Override
  public void give(int row, float[] values) {
    System.arraycopy(values, 0, input[row], 0, width);
  }

  @Override
  public void project(int layer, int rows) {
    Linear linear = block(layer).qkv();
    for (int part = 0; part < 3; part++) {
      apply(linear, input, rows, projected, channels.shifted(part * width));
    }
  }

  @Override
  public void readProjected(int row, float[] target) {
    for (int part = 0; part < 3; part++) {
      Span own = channels.shifted(part * width);
      System.arraycopy(projected[row], own.from, target, own.from, own.to - own.from);
    }
  }

  @Override
  public void giveAttended(int row, float[] values) {
    System.arraycopy(
        values, channels.from, shared.attended[row], channels.from, channels.to - channels.from);
  }

  @Override
  public void attended(int rows) {}

  @Override
  public void out(int layer, int rows) {
    apply(block(layer).out(), shared.attended, rows, shared.result, outColumns);
  }

  @Override
  public void up(int layer, int rows) {
    apply(block(layer).up(), input, rows, shared.hidden, upColumns);
    for (int row = 0; row < rows; row++) {
      float[] hidden = shared.hidden[row];
      for (int j = upColumns.from; j < upColumns.to; j++) {
        hidden[j] = hidden[j] / (1 + Exponential.exp(-GELU_SLOPE * hidden[j]));
      }
    }
  }

  @Override
  public void down(int layer, int rows) {
    apply(block(layer).down(), shared.hidden, rows, shared.result, outColumns);
  }

  @Override
  public void readResult(int row, float[] target) {
    System.arraycopy(shared.result[row], 0, target, 0, width);
  }

  @Override
  public void logits(Range range, int rows, float[][] target) {
    boolean text = range == Range.TEXT;
    Span own = text ? textColumns : imageColumns;
    for (int row = 0; row < rows; row++) {
      Arrays.fill(target[row], own.from, own.to, 0);
    }
    float[][] head = text ? weights.textHead() : weights.imageHead();
    MatrixProduct.accumulate(input, rows, head, target, own.from, own.to);
  }

  private Block block(int layer) {
    return weights.blocks().get(layer);
  }

  /** y = x · weight + bias in the columns of a span. */
  private static void apply(Linear linear, float[][] x, int rows, float[][] y, Span span) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(linear.bias(), span.from, y[row], span.from, span.to - span.from);
    }
    MatrixProduct.accumulate(x, rows, linear.weight(), y, span.from, span.to);
  }
}
