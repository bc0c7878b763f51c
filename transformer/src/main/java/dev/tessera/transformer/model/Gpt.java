package dev.tessera.transformer.model;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.graph.ColumnRange;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.AxialPositions;
import dev.tessera.transformer.sequence.LayerMasks;
import dev.tessera.transformer.sequence.Neighbourhood;
import dev.tessera.transformer.sequence.RotaryAngles;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The GPT of stage 2: pre-norm blocks over a sum of embeddings (token, its position, the position
 * to predict, the tokens around that), and an output projection of its own. {@link
 * TransformerConfig.Variant} says what else there is.
 *
 * <p>Placeholders, for B sequences of T inputs: {@code tokens}, {@code positions}, {@code
 * targetPositions}, {@code targets} and {@code modality} (0 where a text token is to be predicted,
 * 1 for an image token), all INT32 [B·T]; with a neighbourhood of N places {@code neighbours} INT32
 * [B·T·N], ids of {@link Neighbourhood}; {@code orders} INT32 [B], the order token of each
 * sequence; {@code weights} [B·T, 1], the share of each prediction in the loss.
 *
 * @param logits [B·T, V]; those of the other modality are below −1e8
 * @param tokenLosses [B·T, 1], nats per predicted token
 * @param loss their weighted sum
 */
public record Gpt(GraphTensor logits, GraphTensor tokenLosses, GraphTensor loss) {
  /** Standard deviation of the weights at the start, as in GPT-2. */
  private static final double SPREAD = 0.02;

  /** Of neighbours: their product with a matrix then is about as large as another embedding. */
  private static final double NEIGHBOUR_SPREAD = 0.1;

  private static final float EXCLUDED = -1e9f;
  private static final String BLOCK = "block";
  private static final String WEIGHT = "/weight";

  /**
   * Whether a parameter is a matrix of a block: neither a table nor the head nor that of
   * neighbours.
   */
  public static boolean isBlockMatrix(String parameter) {
    return parameter.startsWith(BLOCK) && parameter.endsWith(WEIGHT);
  }

  /** Adds the model to a graph, for {@code batch} sequences. */
  public static Gpt build(TransformerConfig config, ModelGraph graph, int batch) {
    return build(config, graph, batch, Dropout.NONE);
  }

  /** Adds the model to a graph that trains it. */
  public static Gpt build(TransformerConfig config, ModelGraph graph, int batch, Dropout dropout) {
    Ops ops = graph.ops();
    Builder builder = new Builder(config, graph, batch, dropout);
    GraphTensor x = builder.output();
    GraphTensor head = builder.head();
    long rows = x.size(0);
    GraphTensor modality = graph.indices("modality", rows);
    GraphTensor logits = builder.logits(x, head, modality).named("logits");
    GraphTensor targets = graph.indices("targets", rows);
    GraphTensor tokenLosses = builder.losses(x, head, targets, modality).named("tokenLosses");
    GraphTensor weighted = ops.multiply(tokenLosses, graph.placeholder("weights", rows, 1));
    return new Gpt(logits, tokenLosses, ops.sum(weighted).named("loss"));
  }

  /** The forward pass, top to bottom. */
  private static final class Builder {
    private final TransformerConfig config;
    private final Vocabulary vocabulary;
    private final ModelGraph graph;
    private final Ops ops;
    private final int batch;
    private final Dropout dropout;
    private final long rows;
    private final int width;
    private final GraphTensor positions;
    private final GraphTensor orders;
    private final Neighbourhood neighbourhood;
    private final LayerMasks masks;
    private final @Nullable Rotation rotation;

    Builder(TransformerConfig config, ModelGraph graph, int batch, Dropout dropout) {
      this.config = config;
      this.vocabulary = new Vocabulary(config);
      this.graph = graph;
      this.ops = graph.ops();
      this.batch = batch;
      this.dropout = dropout;
      this.rows = (long) batch * config.sequenceLength();
      this.width = config.width();
      this.positions = graph.indices("positions", rows);
      this.orders = graph.indices("orders", batch);
      this.neighbourhood = new Neighbourhood(config);
      this.masks = new LayerMasks(config);
      this.rotation =
          config.variant().positions() == PositionEncoding.ROTARY
              ? Rotation.of(new RotaryAngles(config), graph)
              : null;
    }

    /** What the head reads: [B·T, D]. */
    GraphTensor output() {
      GraphTensor tokens = graph.indices("tokens", rows);
      GraphTensor targetPositions = graph.indices("targetPositions", rows);
      GraphTensor table = weight("token_embedding", vocabulary.size(), width, SPREAD); // [V, D]
      GraphTensor x = ops.embedding(table, tokens); // [B·T, D]
      if (rotation == null) {
        x = ops.add(x, ops.embedding(positionTable("position_embedding"), positions));
      }
      x = ops.add(x, ops.embedding(positionTable("target_embedding"), targetPositions));
      if (neighbourhood.size() > 0) {
        x = ops.add(x, neighbours());
      }
      x = dropout.of(x, 0, graph);
      for (int layer = 0; layer < config.layers(); layer++) {
        x = block(x, layer); // [B·T, D]
      }
      return norm(x, "norm");
    }

    /** What the known tokens around the place to be predicted add: [B·T, D]. */
    private GraphTensor neighbours() {
      int channels = Neighbourhood.CHANNELS;
      long inputs = (long) channels * neighbourhood.size();
      GraphTensor ids = graph.indices("neighbours", rows * neighbourhood.size());
      GraphTensor table =
          weight("neighbour_embedding", neighbourhood.ids(), channels, NEIGHBOUR_SPREAD);
      GraphTensor known = ops.reshape(ops.embedding(table, ids), rows, inputs);
      return ops.project(known, weight("neighbours" + WEIGHT, inputs, width, SPREAD));
    }

    /** [B·T, V]; computed only where asked for. */
    GraphTensor logits(GraphTensor x, GraphTensor head, GraphTensor modality) {
      GraphTensor ranges = graph.constant(ranges(vocabulary), 2, vocabulary.size());
      return ops.add(ops.project(x, head), ops.embedding(ranges, modality));
    }

    /** [B·T, 1]. */
    GraphTensor losses(GraphTensor x, GraphTensor head, GraphTensor targets, GraphTensor modality) {
      // In the order of Batch.TEXT and Batch.IMAGE.
      List<ColumnRange> ranges =
          List.of(
              new ColumnRange(
                  vocabulary.firstText(), vocabulary.endText(), (long) batch * config.textLength()),
              new ColumnRange(
                  vocabulary.firstImage(), vocabulary.size(), (long) batch * config.imageLength()));
      return ops.rangedCrossEntropy(x, head, targets, modality, ranges);
    }

    /** [D, V]. */
    GraphTensor head() {
      return weight("head" + WEIGHT, width, vocabulary.size(), SPREAD);
    }

    private GraphTensor block(GraphTensor x, int layer) {
      String name = BLOCK + layer;
      // Each block adds twice to the residual stream: smaller weights keep its variance at one.
      double residualSpread = SPREAD / Math.sqrt(2.0 * config.layers());
      GraphTensor h = norm(x, name + "/norm1");
      h = linear(h, name + "/attention/qkv", 3 * width, SPREAD); // [B·T, 3D]
      h = attention(h, name + "/attention", layer); // [B·T, D]
      h = linear(h, name + "/attention/out", width, residualSpread);
      h = sandwich(h, name + "/attention");
      x = ops.add(x, dropout.of(h, 1 + 2 * layer, graph));
      h = norm(x, name + "/norm2");
      h = ops.gelu(linear(h, name + "/mlp/up", 4 * width, SPREAD)); // [B·T, 4D]
      h = linear(h, name + "/mlp/down", width, residualSpread);
      h = sandwich(h, name + "/mlp");
      return ops.add(x, dropout.of(h, 2 + 2 * layer, graph));
    }

    /** [B·T, 3D] → [B·T, D]. */
    private GraphTensor attention(GraphTensor qkv, String name, int layer) {
      GraphTensor h = qkv;
      if (config.variant().queryKeyNorm()) {
        GraphTensor queryScale = headScale(name + "/query_norm");
        h = ops.normaliseHeads(h, config.heads(), queryScale, headScale(name + "/key_norm"));
      }
      if (rotation != null) {
        h = ops.rotate(h, config.heads(), rotation.cosines(), rotation.sines(), positions);
      }
      List<AttentionMask> choice = masks.of(layer);
      return choice.size() == 1
          ? ops.attention(h, batch, config.heads(), choice.get(0))
          : ops.attention(h, config.heads(), choice, orders);
    }

    private GraphTensor headScale(String name) {
      return graph.parameter(name + "/scale", Initialiser.ones(), config.headWidth());
    }

    private GraphTensor sandwich(GraphTensor h, String name) {
      return config.variant().sandwichNorm() ? norm(h, name + "/norm") : h;
    }

    /** [P, D]. */
    private GraphTensor positionTable(String name) {
      if (config.variant().positions() != PositionEncoding.AXIAL) {
        return weight(name, vocabulary.positions(), width, SPREAD);
      }
      AxialPositions axial = new AxialPositions(config);
      GraphTensor counts = graph.constant(axial.counts(), vocabulary.positions(), axial.rows());
      return ops.project(counts, weight(name, axial.rows(), width, SPREAD));
    }

    private GraphTensor linear(GraphTensor x, String name, int outputs, double spread) {
      GraphTensor weight = weight(name + WEIGHT, x.size(1), outputs, spread);
      return ops.linear(x, weight, graph.parameter(name + "/bias", Initialiser.zeros(), outputs));
    }

    private GraphTensor norm(GraphTensor x, String name) {
      return ops.layerNorm(
          x,
          graph.parameter(name + "/scale", Initialiser.ones(), width),
          graph.parameter(name + "/bias", Initialiser.zeros(), width));
    }

    private GraphTensor weight(String name, long inputs, long outputs, double spread) {
      return graph.parameter(name, Initialiser.normal(spread), inputs, outputs);
    }

    /** For each modality what to add to the logits: 0 in its range, a very low number outside. */
    private static float[] ranges(Vocabulary vocabulary) {
      float[] ranges = new float[2 * vocabulary.size()];
      Arrays.fill(ranges, EXCLUDED);
      Arrays.fill(ranges, vocabulary.firstText(), vocabulary.endText(), 0);
      Arrays.fill(ranges, vocabulary.size() + vocabulary.firstImage(), ranges.length, 0);
      return ranges;
    }
  }

  /** Cosines and sines [P, D / heads / 2] that all layers share. */
  private record Rotation(GraphTensor cosines, GraphTensor sines) {
    static Rotation of(RotaryAngles angles, ModelGraph graph) {
      float[] cosines = angles.cosines();
      long rows = cosines.length / angles.pairs();
      return new Rotation(
          graph.constant(cosines, rows, angles.pairs()),
          graph.constant(angles.sines(), rows, angles.pairs()));
    }
  }
}
