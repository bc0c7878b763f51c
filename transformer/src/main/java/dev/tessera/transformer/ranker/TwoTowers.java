package dev.tessera.transformer.ranker;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;

/**
 * The graph of a ranker.
 *
 * <p>Pictures go through convolutions with ReLU, which halve the sides down to four positions or
 * so, and from there through a norm and a product. Texts go through the blocks of a small
 * transformer; their end fills the slots that they leave, and the last slot, which sees all others,
 * speaks for the text. Nothing is normalised over a batch, so that no score depends on others.
 */
public final class TwoTowers {
  /** The inverse temperature at the start, as a logarithm (section 2.5 of the paper). */
  static final double FIRST_LOG_SCALE = Math.log(1 / 0.07);

  static final String LOG_SCALE = "log_scale";

  private static final int SHUFFLE = 2;
  private static final int RGB = 3;
  private static final int WIDEST = 4;
  private static final double SPREAD = 0.02;

  private final RankerConfig config;
  private final ModelGraph graph;
  private final Ops ops;
  private final int batch;

  /** The model on a graph, for {@code batch} pictures and as many texts. */
  public TwoTowers(RankerConfig config, ModelGraph graph, int batch) {
    this.config = config;
    this.graph = graph;
    this.ops = graph.ops();
    this.batch = batch;
  }

  /** Adds all that has parameters: both towers and the temperature. */
  public void declare() {
    pictures();
    texts();
    logScale();
  }

  /** Adds the picture tower and brings its vectors to length 1: [B, E]. */
  GraphTensor unitPictures() {
    return ops.unitRows(pictures()).named("unitPictures");
  }

  /** Adds the text tower and brings its vectors to length 1: [B, E]. */
  GraphTensor unitTexts() {
    return ops.unitRows(texts()).named("unitTexts");
  }

  /**
   * Adds the picture tower; placeholder {@code pictures} [B, H, W, 3], values from −1 to 1.
   *
   * @return {@code pictureVectors} [B, E], rows of any length
   */
  GraphTensor pictures() {
    GraphTensor x =
        graph.placeholder("pictures", batch, config.pictureHeight(), config.pictureWidth(), RGB);
    x = ops.spaceToDepth(x, SHUFFLE); // [B, H/2, W/2, 12]
    int width = config.channels();
    x = ops.relu(convolution(x, "picture/in", 3, width, 1));
    for (int scale = 2 * SHUFFLE; scale <= config.stride(); scale *= 2) {
      width = Math.min(2 * width, WIDEST * config.channels());
      x = ops.relu(convolution(x, "picture/down" + scale, 4, width, 2)); // [B, H/scale, …, width]
      x = ops.relu(convolution(x, "picture/level" + scale, 3, width, 1));
    }
    x = ops.reshape(x, batch, x.length() / batch);
    x = norm(x, "picture/norm");
    return linear(x, "picture/out", config.embedding(), spread(x)).named("pictureVectors");
  }

  /**
   * Adds the text tower; placeholder {@code texts} INT32 [B·T], as {@link RankerConfig} writes
   * them.
   *
   * @return {@code textVectors} [B, E], rows of any length
   */
  GraphTensor texts() {
    int slots = config.textLength();
    GraphTensor ids = graph.indices("texts", (long) batch * slots);
    GraphTensor x = ops.embedding(weight("text/token_embedding", config.textVocabulary()), ids);
    GraphTensor positions = weight("text/position_embedding", slots);
    x = ops.add(x, ops.embedding(positions, everySlot())); // [B·T, D]
    for (int layer = 0; layer < config.textLayers(); layer++) {
      x = block(x, "text/block" + layer);
    }
    x = ops.embedding(x, lastSlots()); // [B, D]
    x = norm(x, "text/norm");
    return linear(x, "text/out", config.embedding(), spread(x)).named("textVectors");
  }

  /** Adds the logarithm of what cosines are multiplied by before they are compared: [1]. */
  GraphTensor logScale() {
    Initialiser first = (values, random) -> java.util.Arrays.fill(values, (float) FIRST_LOG_SCALE);
    return graph.parameter(LOG_SCALE, first, 1);
  }

  /** 0 to T − 1 for each text: INT32 [B·T]. */
  private GraphTensor everySlot() {
    int[] slots = new int[batch * config.textLength()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = i % config.textLength();
    }
    return graph.constant(slots, slots.length);
  }

  /** Which of all slots is the last of each text: INT32 [B]. */
  private GraphTensor lastSlots() {
    int[] rows = new int[batch];
    for (int i = 0; i < batch; i++) {
      rows[i] = (i + 1) * config.textLength() - 1;
    }
    return graph.constant(rows, batch);
  }

  /** A block as in the generator: norm, attention, norm, MLP. */
  private GraphTensor block(GraphTensor x, String name) {
    int width = config.textWidth();
    double residualSpread = SPREAD / Math.sqrt(2.0 * config.textLayers());
    GraphTensor h = linear(norm(x, name + "/norm1"), name + "/attention/qkv", 3 * width, SPREAD);
    h = ops.attention(h, batch, config.heads(), AttentionMask.of(MaskPattern.CAUSAL));
    x = ops.add(x, linear(h, name + "/attention/out", width, residualSpread));
    h = ops.gelu(linear(norm(x, name + "/norm2"), name + "/mlp/up", 4 * width, SPREAD));
    return ops.add(x, linear(h, name + "/mlp/down", width, residualSpread));
  }

  private GraphTensor weight(String name, long rows) {
    return graph.parameter(name, Initialiser.normal(SPREAD), rows, config.textWidth());
  }

  private GraphTensor linear(GraphTensor x, String name, int outputs, double spread) {
    return ops.linear(
        x,
        graph.parameter(name + "/weight", Initialiser.normal(spread), x.size(1), outputs),
        graph.parameter(name + "/bias", Initialiser.zeros(), outputs));
  }

  /** Keeps the variance of rows whose elements have a variance of one. */
  private static double spread(GraphTensor x) {
    return 1 / Math.sqrt((double) x.size(1));
  }

  private GraphTensor norm(GraphTensor x, String name) {
    return ops.layerNorm(
        x,
        graph.parameter(name + "/scale", Initialiser.ones(), x.size(1)),
        graph.parameter(name + "/bias", Initialiser.zeros(), x.size(1)));
  }

  private GraphTensor convolution(GraphTensor x, String name, int kernel, int outputs, int stride) {
    long inputs = x.size(3);
    Initialiser initialiser = Initialiser.he(inputs * kernel * kernel);
    return ops.conv2d(
        x,
        graph.parameter(name + "/weight", initialiser, kernel, kernel, inputs, outputs),
        graph.parameter(name + "/bias", Initialiser.zeros(), outputs),
        stride);
  }
}
