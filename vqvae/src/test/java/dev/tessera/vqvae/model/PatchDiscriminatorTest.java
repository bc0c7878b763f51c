package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class PatchDiscriminatorTest {
  private static final PatchDiscriminator.Shape SHAPE = new PatchDiscriminator.Shape(4, 2);
  private static final int BATCH = 2;

  private final ParameterStore weights = new ParameterStore(1, DataType.DOUBLE);

  /** Pictures that are a parameter of their own, judged by borrowed weights. */
  private Plan judging(ParameterStore pictures) {
    ModelGraph graph = new ModelGraph(pictures, DataType.DOUBLE);
    GraphTensor x = graph.parameter("x", Initialiser.normal(1), BATCH, 8, 12, 3);
    PatchDiscriminator.Judgement judgement = new PatchDiscriminator(SHAPE, graph, weights).judge(x);
    GraphTensor loss =
        graph.ops().sum(graph.ops().multiply(judgement.scores(), judgement.scores()));
    assertThat(judgement.scores().shape()).containsExactly(BATCH, 2, 3, 1);
    assertThat(judgement.features()).extracting(f -> f.size(3)).containsExactly(4L, 8L, 8L);
    assertThat(graph.parameters()).containsExactly("x");
    assertThat(graph.borrowed()).contains("discriminator/in/weight", "discriminator/score/bias");
    return Plan.training(graph, loss.named("loss"), List.of("x"));
  }

  @Test
  void picturesGetTheirGradientThroughBorrowedWeights() {
    ParameterStore pictures = new ParameterStore(2, DataType.DOUBLE);
    Plan plan = judging(pictures);
    GradientCheck.randomise(weights, 0.3, 3);
    GradientCheck.assertAgree(plan, "loss", pictures, List.of("x"), 4);
  }

  @Test
  void aPlanFollowsTheBorrowedWeightsAsTheyChange() {
    Plan plan = judging(new ParameterStore(2, DataType.DOUBLE));
    GradientCheck.randomise(weights, 0.3, 3);
    plan.run();
    double before = plan.scalar("loss");
    GradientCheck.randomise(weights, 0.3, 4);
    plan.run();
    assertThat(plan.scalar("loss")).isNotCloseTo(before, within(1e-6));
    GradientCheck.randomise(weights, 0.3, 3);
    plan.run();
    assertThat(plan.scalar("loss")).isEqualTo(before);
  }

  @Test
  void itsOwnWeightsGetTheirGradients() {
    ModelGraph graph = new ModelGraph(weights, DataType.DOUBLE);
    GraphTensor x = graph.placeholder("pictures", BATCH, 8, 8, 3);
    PatchDiscriminator judge = new PatchDiscriminator(SHAPE, graph, weights);
    GraphTensor scores = judge.judge(x).scores();
    GraphTensor twice = judge.judge(graph.ops().affine(x, -1, 0.5)).scores();
    GraphTensor loss = graph.ops().sum(graph.ops().multiply(scores, twice)).named("loss");
    Plan plan = Plan.training(graph, loss, graph.parameters());
    GradientCheck.randomise(weights, 0.3, 5);
    GraphInputs.random(graph, 6, 1).give(plan);
    assertThat(graph.parameters()).hasSize(8).doesNotHaveDuplicates();
    GradientCheck.assertAgree(plan, "loss", weights, graph.parameters(), 7);
  }

  @Test
  void fusedItScoresAsPlain() {
    float[] pictures = GraphInputs.gaussians(new Random(8), BATCH * 16 * 16 * 3, 1);
    float[][] scores = new float[2][];
    for (int i = 0; i < 2; i++) {
      ParameterStore own = new ParameterStore(9, DataType.FLOAT);
      ModelGraph graph = new ModelGraph(own, i == 0 ? Execution.plain() : Execution.fused());
      GraphTensor x = graph.placeholder("pictures", BATCH, 16, 16, 3);
      GraphTensor y = new PatchDiscriminator(SHAPE, graph, own).judge(x).scores().named("y");
      Plan plan = Plan.forward(graph, y);
      plan.set("pictures", pictures);
      plan.run();
      scores[i] = plan.floats("y");
    }
    assertThat(scores[1]).containsExactly(scores[0], within(1e-4f));
  }

  @Test
  void picturesThatCannotBeHalvedSoOftenAreRefused() {
    VqvaeConfig config =
        new VqvaeConfig(PictureConfig.square(20), 4, 4, 4, 0, new FiniteScalar(List.of(4, 4)));
    PatchDiscriminator.requireSides(SHAPE, config);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PatchDiscriminator.requireSides(new PatchDiscriminator.Shape(4, 3), config))
        .withMessageContaining("multiples of 8, but they have 20×20");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PatchDiscriminator.Shape(3, 2))
        .withMessageContaining("width is 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PatchDiscriminator.Shape(4, 6))
        .withMessageContaining("halvings is 6");
  }
}
