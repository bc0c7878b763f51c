package dev.tessera.transformer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class GptInputsTest {
  private static final long SEED = 3;
  private static final int SEQUENCES = 4;

  /** Inputs know what is around their target, which takes several ids for each. */
  private static final TransformerConfig CONFIG =
      TransformerConfig.causal(257, 3, 11, 3, 4, 8, 1, 2)
          .with(new Variant(PositionEncoding.ABSOLUTE, false, false, false, 1));

  private static List<TokenSequence> sequences() {
    SequenceBuilder builder = new SequenceBuilder(CONFIG);
    Random random = new Random(SEED);
    List<TokenSequence> sequences = new ArrayList<>();
    for (int i = 0; i < SEQUENCES; i++) {
      int[] codes = random.ints(CONFIG.imageLength(), 0, CONFIG.imageVocabulary()).toArray();
      sequences.add(builder.build(new int[] {20 + i}, codes, Direction.FORWARD));
    }
    return sequences;
  }

  /** The losses of a part of a batch, computed by so many replicas. */
  private static float[] losses(Batch batch, int first, int part, int replicas) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    try (ParallelPlan plan =
        new ParallelPlan(
            part,
            replicas,
            (share, all) -> {
              ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
              Plan forward = Plan.forward(graph, Gpt.build(CONFIG, graph, share).tokenLosses());
              GradientCheck.randomise(store, 0.4, SEED);
              return forward;
            })) {
      GptInputs.set(plan, batch, first);
      plan.run();
      return plan.floats("tokenLosses");
    }
  }

  @Test
  void aSequenceLosesTheSameAloneAndInAPartAndInAnyReplica() {
    List<TokenSequence> sequences = sequences();
    Batch batch = Batch.of(new Vocabulary(CONFIG), sequences, SEQUENCES);
    float[] replicas = losses(batch, 1, 3, 2);
    for (int i = 1; i < SEQUENCES; i++) {
      Batch alone = Batch.of(new Vocabulary(CONFIG), sequences.subList(i, i + 1), 1);
      float[] expected = losses(alone, 0, 1, 1);
      for (int input = 0; input < expected.length; input++) {
        assertThat(replicas[(i - 1) * expected.length + input])
            .as("sequence %d, input %d", i, input)
            .isCloseTo(expected[input], within(1e-4f));
      }
    }
  }
}
