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
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** The GPT in fused operations against the GPT in plain ones, with the same weights. */
class FusedGptTest {
  private static final long SEED = 3;
  private static final int BATCH = 3;
  private static final TransformerConfig CONFIG = config(MaskPattern.CAUSAL, MaskPattern.LOCAL);

  private static TransformerConfig config(MaskPattern... masks) {
    return new TransformerConfig(300, 20, 50, 10, 9, 64, masks.length, 4, Arrays.asList(masks));
  }

  /** Every pattern, every kind of positions, every norm, and all at once. */
  static Stream<TransformerConfig> configs() {
    TransformerConfig geometric =
        config(MaskPattern.ROW, MaskPattern.COLUMN, MaskPattern.CONV, MaskPattern.CAUSAL);
    return Stream.of(
        CONFIG,
        geometric,
        CONFIG.with(new Variant(PositionEncoding.AXIAL, false, false)),
        CONFIG.with(new Variant(PositionEncoding.ROTARY, false, false)),
        CONFIG.with(new Variant(PositionEncoding.ABSOLUTE, false, false, false, 2)),
        CONFIG.with(new Variant(PositionEncoding.ABSOLUTE, true, false)),
        CONFIG.with(new Variant(PositionEncoding.ABSOLUTE, false, true)),
        geometric.with(new Variant(PositionEncoding.ROTARY, true, true)));
  }

  static Stream<Arguments> configsAndPrecisions() {
    return configs()
        .flatMap(
            config ->
                Stream.of(
                    Arguments.of(config, Execution.Precision.F32, 1e-4),
                    Arguments.of(config, Execution.Precision.BF16, 3e-2)));
  }

  private static Plan plan(TransformerConfig config, Execution execution) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, execution);
    Gpt model = Gpt.build(config, graph, BATCH);
    GradientCheck.randomise(store, 0.1, SEED);
    Plan plan = Plan.training(graph, model.loss(), graph.parameters(), model.tokenLosses());
    Batch batch = Batch.of(new Vocabulary(config), sequences(), BATCH);
    plan.set("orders", batch.orders());
    plan.set("tokens", batch.tokens());
    plan.set("positions", batch.positions());
    plan.set("targetPositions", batch.targetPositions());
    plan.set("targets", batch.targets());
    plan.set("weights", batch.weights());
    plan.set("modality", batch.modality());
    if (batch.neighbours().length > 0) {
      plan.set("neighbours", batch.neighbours());
    }
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

  private static List<String> parameters(TransformerConfig config) {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
    Gpt.build(config, graph, 1);
    return graph.parameters();
  }

  @ParameterizedTest
  @MethodSource("configsAndPrecisions")
  void lossAndGradientsAreThoseOfThePlainModel(
      TransformerConfig config, Execution.Precision precision, double share) {
    Plan plain = plan(config, Execution.plain());
    Plan fused = plan(config, new Execution(Execution.Operations.FUSED, precision));
    PlanAgreement.assertClose("loss", fused.output("loss"), plain.output("loss"), share);
    PlanAgreement.assertGradients(fused, plain, parameters(config), share);
  }

  @ParameterizedTest
  @MethodSource("configs")
  void noStepOfTheFusedModelIsLeftToNd4j(TransformerConfig config) {
    String explanation = plan(config, Execution.bfloat16()).explain();
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

  @ParameterizedTest
  @MethodSource("configs")
  void everyRunRepeatsEveryBit(TransformerConfig config) {
    Plan plan = plan(config, Execution.bfloat16());
    for (String parameter : parameters(config)) {
      float[] first = HostCopy.floats(plan.gradient(parameter));
      plan.run();
      assertThat(HostCopy.floats(plan.gradient(parameter))).as(parameter).containsExactly(first);
    }
  }
}
