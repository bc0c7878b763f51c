package dev.tessera.transformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.SameDiffOracle;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.Neighbourhood;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

class GptGradientTest {
  private static final long SEED = 17;

  /** A training graph over a batch of one sequence in each direction. */
  private static final class Trained {
    final TransformerConfig config;
    final ParameterStore store;
    final ModelGraph graph;
    final Plan plan;
    final GraphInputs inputs;

    Trained(DataType type, List<MaskPattern> masks, int gridHeight) {
      this(type, new TransformerConfig(257, 5, 7, gridHeight, 8, 8, masks.size(), 2, masks));
    }

    Trained(DataType type, TransformerConfig config) {
      this(type, config, Dropout.NONE);
    }

    Trained(DataType type, TransformerConfig config, Dropout dropout) {
      this.config = config;
      store = new ParameterStore(SEED, type);
      graph = new ModelGraph(store, type);
      Gpt model = Gpt.build(config, graph, 2, dropout);
      GradientCheck.randomise(store, 0.4, SEED);
      plan = Plan.training(graph, model.loss(), graph.parameters(), model.tokenLosses());
      Batch batch = Batch.of(new Vocabulary(config), sequences(), 2);
      inputs =
          GraphInputs.random(graph, SEED, 2)
              .with("orders", batch.orders())
              .with("tokens", batch.tokens())
              .with("positions", batch.positions())
              .with("targetPositions", batch.targetPositions())
              .with("targets", batch.targets())
              .with("weights", batch.weights())
              .with("modality", batch.modality());
      if (batch.neighbours().length > 0) {
        inputs.with("neighbours", batch.neighbours());
      }
      inputs.give(plan);
    }

    private List<TokenSequence> sequences() {
      SequenceBuilder builder = new SequenceBuilder(config);
      Random random = new Random(SEED);
      int[] codes = random.ints(config.imageLength(), 0, config.imageVocabulary()).toArray();
      return List.of(
          builder.build(new int[] {5, 200, 5}, codes, Direction.FORWARD),
          builder.build(new int[] {9}, codes, Direction.REVERSE));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theMatricesOfABlockAreFour(PositionEncoding positions) {
    Variant variant = new Variant(positions, true, true, false, 1);
    TransformerConfig config =
        new TransformerConfig(257, 5, 7, 3, 8, 8, 1, 2, List.of(MaskPattern.CAUSAL), variant);
    ParameterStore store = new Trained(DataType.FLOAT, config).store;
    assertThat(store.trainable().stream().filter(Gpt::isBlockMatrix))
        .containsExactlyInAnyOrder(
            "block0/attention/qkv/weight",
            "block0/attention/out/weight",
            "block0/mlp/up/weight",
            "block0/mlp/down/weight");
  }

  @ParameterizedTest
  @EnumSource
  void theGradientOfEveryParameterAgreesWithDifferences(MaskPattern mask) {
    // Longer than the window of the local pattern.
    Trained trained = new Trained(DataType.DOUBLE, List.of(mask), 9);
    assertThat(trained.config.sequenceLength()).isGreaterThan(MaskPattern.WINDOW);
    assertThat(trained.graph.parameters())
        .hasSize(3 + 12 + 3)
        .contains("token_embedding", "block0/attention/qkv/bias", "head/weight");
    GradientCheck.assertAgree(
        trained.plan, "loss", trained.store, trained.graph.parameters(), SEED);
  }

  @Test
  void theGradientOfEveryParameterOfSeveralLayersAgreesWithDifferences() {
    List<MaskPattern> masks = List.of(MaskPattern.CAUSAL, MaskPattern.LOCAL, MaskPattern.CAUSAL);
    Trained trained = new Trained(DataType.DOUBLE, masks, 1);
    GradientCheck.assertAgree(
        trained.plan, "loss", trained.store, trained.graph.parameters(), SEED);
  }

  @Test
  void theGradientOfEveryParameterAgreesWithDifferencesWhereNumbersAreLeftOut() {
    List<MaskPattern> masks = List.of(MaskPattern.CAUSAL, MaskPattern.CAUSAL);
    TransformerConfig config = new TransformerConfig(257, 5, 7, 3, 4, 8, masks.size(), 2, masks);
    Trained trained = new Trained(DataType.DOUBLE, config, new Dropout(0.5));
    // At each place numbers of either sign multiply what is there, which a draw would not do.
    assertThat(trained.graph.placeholders().keySet())
        .contains("dropout0", "dropout1", "dropout2", "dropout3", "dropout4");
    GradientCheck.assertAgree(
        trained.plan, "loss", trained.store, trained.graph.parameters(), SEED);
  }

  static Stream<Variant> variants() {
    return Arrays.stream(PositionEncoding.values())
        .flatMap(
            positions ->
                Stream.of(
                    new Variant(positions, true, false),
                    new Variant(positions, false, true),
                    new Variant(positions, false, false, false, 1)));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void theGradientOfEveryParameterOfEveryVariantAgreesWithDifferences(Variant variant) {
    List<MaskPattern> masks = List.of(MaskPattern.ROW, MaskPattern.CAUSAL);
    TransformerConfig config =
        new TransformerConfig(257, 5, 7, 3, 4, 8, masks.size(), 2, masks).with(variant);
    Trained trained = new Trained(DataType.DOUBLE, config);
    GradientCheck.assertAgree(
        trained.plan, "loss", trained.store, trained.graph.parameters(), SEED);
  }

  @Test
  void aVariantHasTheParametersThatItNeedsAndNoOthers() {
    List<MaskPattern> masks = List.of(MaskPattern.CAUSAL);
    TransformerConfig config = new TransformerConfig(257, 5, 7, 3, 4, 8, 1, 2, masks);
    Trained plain = new Trained(DataType.FLOAT, config);
    Variant rotary = new Variant(PositionEncoding.ROTARY, true, true);
    Trained full = new Trained(DataType.FLOAT, config.with(rotary));
    Set<String> expected = new TreeSet<>(plain.graph.parameters());
    expected.remove("position_embedding");
    expected.addAll(
        List.of(
            "block0/attention/norm/scale",
            "block0/attention/norm/bias",
            "block0/mlp/norm/scale",
            "block0/mlp/norm/bias",
            "block0/attention/query_norm/scale",
            "block0/attention/key_norm/scale"));
    assertThat(new TreeSet<>(full.graph.parameters())).isEqualTo(expected);
    Variant axial = new Variant(PositionEncoding.AXIAL, false, false);
    Trained summed = new Trained(DataType.FLOAT, config.with(axial));
    assertThat(summed.graph.parameters()).isEqualTo(plain.graph.parameters());
    assertThat(summed.store.array("position_embedding").shape())
        .isEqualTo(new long[] {1 + 5 + 3 + 4, 8});
    Variant near = new Variant(PositionEncoding.ABSOLUTE, false, false, false, 2);
    Trained around = new Trained(DataType.FLOAT, config.with(near));
    assertThat(around.graph.parameters())
        .hasSize(plain.graph.parameters().size() + 2)
        .containsAll(plain.graph.parameters())
        .contains("neighbour_embedding", "neighbours/weight");
    assertThat(around.store.array("neighbour_embedding").shape())
        .isEqualTo(new long[] {1 + 7, Neighbourhood.CHANNELS});
    assertThat(around.store.array("neighbours/weight").shape())
        .isEqualTo(new long[] {24 * Neighbourhood.CHANNELS, 8});
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void thePlanAgreesWithSameDiff(DataType type) {
    Trained trained = new Trained(type, List.of(MaskPattern.CAUSAL, MaskPattern.ROW), 2);
    SameDiffOracle.assertAgree(
        trained.graph,
        trained.plan,
        trained.inputs,
        List.of("loss", "tokenLosses"),
        type == DataType.DOUBLE ? 1e-9 : 1e-4);
  }

  @Test
  void theLossIsTheWeightedSumOfWhatEachTokenCosts() {
    Trained trained = new Trained(DataType.DOUBLE, List.of(MaskPattern.CAUSAL), 2);
    trained.plan.run();
    double[] costs = trained.plan.output("tokenLosses").data().asDouble();
    double[] weights = trained.inputs.array("weights").data().asDouble();
    double sum = 0;
    for (int i = 0; i < costs.length; i++) {
      assertThat(costs[i]).isPositive();
      sum += costs[i] * weights[i];
    }
    assertThat(trained.plan.scalar("loss")).isCloseTo(sum, within(1e-9));
  }
}
