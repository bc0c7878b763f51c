package dev.tessera.vqvae.model;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.Execution.Operations;
import dev.tessera.engine.graph.Execution.Precision;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.PlanAgreement;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.LookupFree;
import dev.tessera.vqvae.quantiser.Quantiser;
import dev.tessera.vqvae.quantiser.VectorQuantiser;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** The auto-encoder in fused operations against the one in plain ones, with the same weights. */
class FusedVqvaeTest {
  private static final long SEED = 5;
  private static final int BATCH = 3;
  private static final Quantiser GUMBEL =
      new GumbelSoftmax(40, 24, 1, 0.5, 0.7, 0, 0, GumbelSoftmax.Logits.FREE);
  private static final Quantiser NEAR_GUMBEL =
      new GumbelSoftmax(40, 6, 1, 0.5, 0.7, 0.1, 0.1, GumbelSoftmax.Logits.DISTANCES);
  private static final Quantiser VQ =
      new VectorQuantiser(
          30, 8, 0.99, 0.25, 10, 0.03, false, VectorQuantiser.Gradient.STRAIGHT_THROUGH);
  private static final Quantiser ROTATED_VQ =
      new VectorQuantiser(30, 8, 0.99, 0.25, 10, 0.03, true, VectorQuantiser.Gradient.ROTATION);
  private static final Quantiser LFQ = new LookupFree(6, 0.25, 0.1, true);
  private static final Quantiser FSQ = new FiniteScalar(List.of(8, 6, 5));

  static Stream<Arguments> cases() {
    // Each operation alone is within 2e-2; the encoder's gradient has passed a dozen of them.
    // With bfloat16 a vector near the border between two codes may get the other one.
    return Stream.of(
        Arguments.of(GUMBEL, Precision.F32, 1e-4),
        Arguments.of(NEAR_GUMBEL, Precision.F32, 1e-4),
        Arguments.of(FSQ, Precision.F32, 1e-4),
        Arguments.of(VQ, Precision.F32, 1e-4),
        Arguments.of(ROTATED_VQ, Precision.F32, 1e-4),
        Arguments.of(LFQ, Precision.F32, 1e-4),
        Arguments.of(GUMBEL, Precision.BF16, 0.12),
        Arguments.of(NEAR_GUMBEL, Precision.BF16, 0.12));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientsAreThoseOfThePlainModel(
      Quantiser quantiser, Precision precision, double share) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    Plan plain = plan(store, quantiser, Execution.plain());
    Plan fused = plan(store, quantiser, new Execution(Operations.FUSED, precision));
    PlanAgreement.assertClose("loss", fused.output("loss"), plain.output("loss"), share);
    PlanAgreement.assertClose(
        "reconstruction", fused.output("reconstruction"), plain.output("reconstruction"), share);
    PlanAgreement.assertGradients(fused, plain, store.trainable(), share);
  }

  @ParameterizedTest
  @EnumSource
  void everyLossIsThatOfThePlainModel(ReconstructionLoss loss) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    Plan plain = plan(store, FSQ, loss, Execution.plain());
    Plan fused = plan(store, FSQ, loss, Execution.fused());
    PlanAgreement.assertClose("loss", fused.output("loss"), plain.output("loss"), 1e-4);
    PlanAgreement.assertGradients(fused, plain, store.trainable(), 1e-4);
  }

  private static Plan plan(ParameterStore store, Quantiser quantiser, Execution execution) {
    return plan(store, quantiser, ReconstructionLoss.SQUARED_ERROR, execution);
  }

  private static Plan plan(
      ParameterStore store, Quantiser quantiser, ReconstructionLoss loss, Execution execution) {
    VqvaeConfig config = new VqvaeConfig(PictureConfig.square(16), 4, 24, 32, 1, quantiser, loss);
    ModelGraph graph = new ModelGraph(store, execution);
    Vqvae.Training model = new Vqvae(config, graph, BATCH).training();
    GradientCheck.randomise(store, 0.1, SEED);
    Plan plan = Plan.training(graph, model.loss(), graph.parameters(), model.reconstruction());
    GraphInputs inputs = GraphInputs.random(graph, SEED, 1);
    if (loss.hasScale()) {
      // The logit-Laplace density knows no values beyond −1 and 1.
      float[] pixels = new float[plan.length("pictures")];
      Random random = new Random(SEED);
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = 2 * random.nextFloat() - 1;
      }
      inputs.with("pictures", pixels);
    }
    if (quantiser instanceof GumbelSoftmax) {
      inputs.with("quantiser/inverseTemperature", 1.2f).with("quantiser/klWeight", 0.01f);
    }
    inputs.give(plan);
    plan.run();
    return plan;
  }
}
