package dev.tessera.transformer.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.PlanAgreement;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

/** The GPT in fused operations against the GPT in plain ones, with the same weights. */
class FusedGptTest {
  private static final long SEED = 3;
  private static final int BATCH = 3;
  private static final TransformerConfig CONFIG =
      new TransformerConfig(
          300, 20, 50, 10, 9, 64, 2, 4, List.of(MaskPattern.CAUSAL, MaskPattern.LOCAL), false);

  private static Plan plan(Execution execution) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, execution);
    Gpt model = Gpt.build(CONFIG, graph, BATCH);
    GradientCheck.randomise(store, 0.1, SEED);
    Plan plan = Plan.training(graph, model.loss(), graph.parameters(), model.tokenLosses());
    Batch batch = Batch.of(new Vocabulary(CONFIG), sequences(), BATCH);
    plan.set("tokens", batch.tokens());
    plan.set("positions", batch.positions());
    plan.set("targetPositions", batch.targetPositions());
    plan.set("targets", batch.targets());
    plan.set("weights", batch.weights());
    plan.set("modality", batch.modality());
    plan.run();
    return plan;
  }

  /** Forwards and in reverse; the third place is padding. */
  private static List<TokenSequence> sequences() {
    SequenceBuilder builder = new SequenceBuilder(CONFIG);
    Random random = new Random(SEED);
    List<TokenSequence> sequences = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      int[] codes = random.ints(CONFIG.imageLength(), 0, CONFIG.imageVocabulary()).toArray();
      int[] text = random.ints(12, 0, CONFIG.textVocabulary() - 1).toArray();
      sequences.add(builder.build(text, codes, direction));
    }
    return sequences;
  }

  private static List<String> parameters() {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
    Gpt.build(CONFIG, graph, 1);
    return graph.parameters();
  }

  @ParameterizedTest
  @CsvSource({"F32, 1e-4", "BF16, 3e-2"})
  void lossAndGradientsAreThoseOfThePlainModel(Execution.Precision precision, double share) {
    Plan plain = plan(Execution.plain());
    Plan fused = plan(new Execution(Execution.Operations.FUSED, precision));
    PlanAgreement.assertClose("loss", fused.output("loss"), plain.output("loss"), share);
    PlanAgreement.assertGradients(fused, plain, parameters(), share);
  }

  @Test
  void noStepOfTheFusedModelIsLeftToNd4j() {
    String explanation = plan(Execution.bfloat16()).explain();
    Set<String> kinds =
        Pattern.compile(" ms  (\\w+)")
            .matcher(explanation)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toSet());
    assertThat(kinds)
        .contains("attention_gradient", "ranged_cross_entropy")
        .doesNotContain("add", "multiply", "matmul", "identity");
  }

  @Test
  void everyRunRepeatsEveryBit() {
    Plan plan = plan(Execution.bfloat16());
    for (String parameter : parameters()) {
      float[] first = HostCopy.floats(plan.gradient(parameter));
      plan.run();
      assertThat(HostCopy.floats(plan.gradient(parameter))).as(parameter).containsExactly(first);
    }
  }
}
