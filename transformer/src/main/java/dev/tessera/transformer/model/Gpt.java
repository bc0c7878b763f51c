package dev.tessera.transformer.model;

import dev.tessera.engine.graph.ColumnRange;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.List;

/**
 * The GPT of stage 2: pre-norm blocks over the sum of three embeddings (token, its position, the
 * position to predict), and an output projection of its own.
 *
 * <p>Placeholders, for B sequences of T inputs: {@code tokens}, {@code positions}, {@code
 * targetPositions}, {@code targets} and {@code modality} (0 where a text token is to be predicted,
 * 1 for an image token), all INT32 [B·T]; {@code weights} [B·T, 1], the share of each prediction in
 * the loss.
 *
 * @param logits [B·T, V]; those of the other modality are below −1e8
 * @param tokenLosses [B·T, 1], nats per predicted token
 * @param loss their weighted sum
 */
public record Gpt(GraphTensor logits, GraphTensor tokenLosses, GraphTensor loss) {
  /** Standard deviation of the weights at the start, as in GPT-2. */
  private static final double SPREAD = 0.02;

  private static final float EXCLUDED = -1e9f;

  /** Adds the model to a graph, for {@code batch} sequences. */
  public static Gpt build(TransformerConfig config, ModelGraph graph, int batch) {
    Ops ops = graph.ops();
    Builder builder = new Builder(config, graph, batch);
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
    private final long rows;
    private final int width;

    Builder(TransformerConfig config, ModelGraph graph, int batch) {
      this.config = config;
      this.vocabulary = new Vocabulary(config);
      this.graph = graph;
      this.ops = graph.ops();
      this.batch = batch;
      this.rows = (long) batch * config.sequenceLength();
      this.width = config.width();
    }

    /** What the head reads: [B·T, D]. */
    GraphTensor output() {
      GraphTensor x = embedding("token_embedding", "tokens", vocabulary.size()); // [B·T, D]
      x = ops.add(x, embedding("position_embedding", "positions", vocabulary.positions()));
      x = ops.add(x, embedding("target_embedding", "targetPositions", vocabulary.positions()));
      for (int layer = 0; layer < config.layers(); layer++) {
        x = block(x, layer); // [B·T, D]
      }
      return norm(x, "norm");
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
      return weight("head/weight", width, vocabulary.size(), SPREAD);
    }

    private GraphTensor block(GraphTensor x, int layer) {
      String name = "block" + layer;
      // Each block adds twice to the residual stream: smaller weights keep its variance at one.
      double residualSpread = SPREAD / Math.sqrt(2.0 * config.layers());
      GraphTensor h = norm(x, name + "/norm1");
      h = linear(h, name + "/attention/qkv", 3 * width, SPREAD); // [B·T, 3D]
      h = ops.attention(h, batch, config.heads(), config.masks().get(layer)); // [B·T, D]
      x = ops.add(x, linear(h, name + "/attention/out", width, residualSpread));
      h = norm(x, name + "/norm2");
      h = ops.gelu(linear(h, name + "/mlp/up", 4 * width, SPREAD)); // [B·T, 4D]
      return ops.add(x, linear(h, name + "/mlp/down", width, residualSpread));
    }

    private GraphTensor embedding(String name, String ids, int entries) {
      return ops.embedding(weight(name, entries, width, SPREAD), graph.indices(ids, rows));
    }

    private GraphTensor linear(GraphTensor x, String name, int outputs, double spread) {
      GraphTensor weight = weight(name + "/weight", x.size(1), outputs, spread);
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
}
