package dev.tessera.transformer.training;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.List;

/** What tokens cost a model in bits, apart for text and image; runs the graph forward. */
public final class HeldOutBits implements AutoCloseable {
  private static final int BATCH = 16;

  private final Vocabulary vocabulary;
  private final ParallelPlan plan;

  /**
   * Bits of the weighted tokens of one sequence.
   *
   * @param text sum over text tokens
   * @param image sum over image tokens
   * @param textTokens how many
   * @param imageTokens how many
   */
  public record Bits(double text, double image, int textTokens, int imageTokens) {}

  /**
   * @param weights read at each measurement
   * @param execution of the graph
   */
  public HeldOutBits(TransformerConfig config, ParameterStore weights, Execution execution) {
    this.vocabulary = new Vocabulary(config);
    this.plan =
        new ParallelPlan(BATCH, (share, batch) -> compile(config, weights, execution, share));
  }

  private static Plan compile(
      TransformerConfig config, ParameterStore weights, Execution execution, int share) {
    ModelGraph graph = new ModelGraph(weights, execution);
    return Plan.forward(graph, Gpt.build(config, graph, share).tokenLosses());
  }

  /** Measures each sequence. */
  public Bits[] measure(List<TokenSequence> sequences) {
    Bits[] bits = new Bits[sequences.size()];
    run(sequences, (sequence, batch, row, losses) -> bits[sequence] = sum(batch, losses, row));
    return bits;
  }

  /**
   * Bits of every image token of each sequence, whether it has a weight or not.
   *
   * @return one row for each sequence, Ni long, by slot
   */
  public double[][] ofImageSlots(List<TokenSequence> sequences) {
    double[][] bits = new double[sequences.size()][vocabulary.config().imageLength()];
    run(
        sequences,
        (sequence, batch, row, losses) -> {
          for (int i = row * batch.length(); i < (row + 1) * batch.length(); i++) {
            if (batch.modality()[i] == Batch.IMAGE) {
              int slot = vocabulary.imageSlot(batch.targetPositions()[i]);
              bits[sequence][slot] = losses[i] / Math.log(2);
            }
          }
        });
    return bits;
  }

  /** Gets the losses of a sequence. */
  @FunctionalInterface
  private interface LossReader {
    /**
     * Called once for each sequence.
     *
     * @param sequence its index
     * @param row which one of the batch it is
     * @param losses of the whole batch, in nats
     */
    void read(int sequence, Batch batch, int row, float[] losses);
  }

  private void run(List<TokenSequence> sequences, LossReader reader) {
    for (int start = 0; start < sequences.size(); start += BATCH) {
      List<TokenSequence> part =
          sequences.subList(start, Math.min(sequences.size(), start + BATCH));
      Batch batch = Batch.of(vocabulary, part, BATCH);
      GptInputs.set(plan, batch, 0);
      plan.run();
      float[] losses = plan.floats("tokenLosses");
      for (int row = 0; row < part.size(); row++) {
        reader.read(start + row, batch, row, losses);
      }
    }
  }

  /** Ends the threads of the plan; nothing can be measured any more. */
  @Override
  public void close() {
    plan.close();
  }

  /** What an image token costs on average over all sequences; not a number without any. */
  public static double perImageToken(Bits[] bits) {
    return Arrays.stream(bits).mapToDouble(Bits::image).sum()
        / Arrays.stream(bits).mapToInt(Bits::imageTokens).sum();
  }

  /** What a text token costs on average over all sequences; not a number without any. */
  public static double perTextToken(Bits[] bits) {
    return Arrays.stream(bits).mapToDouble(Bits::text).sum()
        / Arrays.stream(bits).mapToInt(Bits::textTokens).sum();
  }

  private static Bits sum(Batch batch, float[] losses, int row) {
    double text = 0;
    double image = 0;
    int textTokens = 0;
    int imageTokens = 0;
    for (int i = row * batch.length(); i < (row + 1) * batch.length(); i++) {
      if (batch.weights()[i] == 0) {
        continue;
      }
      if (batch.modality()[i] == Batch.IMAGE) {
        image += losses[i];
        imageTokens++;
      } else {
        text += losses[i];
        textTokens++;
      }
    }
    double bit = Math.log(2);
    return new Bits(text / bit, image / bit, textTokens, imageTokens);
  }
}
