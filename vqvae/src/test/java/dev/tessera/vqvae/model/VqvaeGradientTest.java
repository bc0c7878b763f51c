package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.SameDiffOracle;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.Quantiser;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients of the whole auto-encoder, for every parameter, in double precision. */
class VqvaeGradientTest {
  private static final int BATCH = 2;
  private static final long SEED = 99;
  private static final Quantiser GUMBEL =
      new GumbelSoftmax(5, 3, 1, 0.5, 0.7, 0, 0, GumbelSoftmax.Logits.FREE);
  private static final Quantiser NEAR_GUMBEL =
      new GumbelSoftmax(5, 3, 1, 0.5, 0.7, 0.1, 0.2, GumbelSoftmax.Logits.DISTANCES);
  private static final FiniteScalar FSQ = new FiniteScalar(List.of(5, 4, 3));

  private static VqvaeConfig config(Quantiser quantiser) {
    return new VqvaeConfig(PictureConfig.square(8), 4, 4, 5, 1, quantiser);
  }

  /** A training graph with random weights and pictures. */
  private static final class Trained {
    final VqvaeConfig config;
    final ParameterStore store = new ParameterStore(SEED, DataType.DOUBLE);
    final ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    final Vqvae.Training model;
    final Plan plan;
    final GraphInputs inputs;

    Trained(Quantiser quantiser) {
      config = config(quantiser);
      model = new Vqvae(config, graph, BATCH).training();
      GradientCheck.randomise(store, 0.3, SEED);
      plan =
          Plan.training(
              graph, model.loss(), graph.parameters(), model.reconstruction(), model.selection());
      inputs = GraphInputs.random(graph, SEED, 1);
      if (quantiser instanceof GumbelSoftmax) {
        inputs.with("quantiser/inverseTemperature", 1.7f).with("quantiser/klWeight", 0.4f);
      }
      inputs.give(plan);
    }
  }

  @Test
  void kernelsAreAllWeightsOfEncoderAndDecoder() {
    List<String> others =
        new Trained(GUMBEL)
            .store.trainable().stream().filter(name -> !Vqvae.isKernel(name)).toList();
    assertThat(others).isNotEmpty().allMatch(name -> name.matches(".*/bias|quantiser/.*"));
    ParameterStore store = new Trained(FSQ).store;
    assertThat(store.trainable().stream().filter(Vqvae::isKernel))
        .hasSize(18)
        .contains("encoder/in/weight", "decoder/level2/residual1/second/weight")
        .allMatch(name -> store.array(name).rank() == 4);
  }

  static Stream<Quantiser> relaxed() {
    return Stream.of(GUMBEL, NEAR_GUMBEL);
  }

  static Stream<Quantiser> quantisers() {
    return Stream.of(GUMBEL, NEAR_GUMBEL, FSQ);
  }

  @ParameterizedTest
  @MethodSource("relaxed")
  void withGumbelSoftmaxAllGradientsAgreeWithDifferences(Quantiser gumbel) {
    Trained trained = new Trained(gumbel);
    assertThat(trained.graph.parameters()).contains("quantiser/codebook", "encoder/in/weight");
    GradientCheck.assertAgree(
        trained.plan, "loss", trained.store, trained.graph.parameters(), SEED);
  }

  /**
   * Rounding has no slope: what straight-through gradients are the gradients of is the model whose
   * rounding is replaced by adding what the rounding added at this point.
   */
  @Test
  void withFiniteScalarsAllGradientsAgreeWithDifferencesOfFrozenRounding() {
    Trained trained = new Trained(FSQ);
    FrozenRounding frozen = new FrozenRounding(trained);
    trained.plan.run();
    assertThat(frozen.loss()).isCloseTo(trained.plan.scalar("loss"), within(1e-5));
    GradientCheck.assertAgree(
        trained.plan, frozen::loss, trained.store, trained.graph.parameters(), SEED);
  }

  /** Encoder and decoder as graphs of their own, joined by what rounding added at the start. */
  private static final class FrozenRounding {
    private final Trained trained;
    private final SameDiff encoder;
    private final String bounded;
    private final SameDiff decoder;
    private final INDArray pictures;
    private final INDArray added;

    FrozenRounding(Trained trained) {
      this.trained = trained;
      ModelGraph encoderGraph = new ModelGraph(trained.store, DataType.DOUBLE);
      GraphTensor selection = new Vqvae(trained.config, encoderGraph, BATCH).selection();
      encoder = encoderGraph.sameDiff();
      bounded = inputOf(encoder, selection.name());
      ModelGraph decoderGraph = new ModelGraph(trained.store, DataType.DOUBLE);
      new Vqvae(trained.config, decoderGraph, BATCH).reconstruction();
      decoder = decoderGraph.sameDiff();
      encoder.setEnableCache(false);
      decoder.setEnableCache(false);
      pictures = trained.inputs.array("pictures");
      INDArray now = output(encoder, "pictures", pictures, bounded);
      added = output(encoder, "pictures", pictures, selection.name()).sub(now);
      assertThat(added.amaxNumber().doubleValue()).isBetween(0.1, 0.5);
    }

    private static String inputOf(SameDiff graph, String result) {
      String producer = Objects.requireNonNull(graph.getVariables().get(result)).getOutputOfOp();
      SameDiffOp operation = Objects.requireNonNull(graph.getOps().get(producer));
      assertThat(operation.getOp().opName()).isEqualTo("round");
      return operation.getInputsToOp().get(0);
    }

    private static INDArray output(
        SameDiff graph, String placeholder, INDArray value, String name) {
      return Objects.requireNonNull(graph.output(Map.of(placeholder, value), name).get(name));
    }

    double loss() {
      INDArray rounded = output(encoder, "pictures", pictures, bounded).add(added);
      INDArray halves = Nd4j.createFromArray(2.0, 2.0, 1.0);
      INDArray codes = rounded.divRowVector(halves);
      INDArray reconstruction = output(decoder, "codes", codes, "reconstruction");
      double[] a = reconstruction.dup('c').data().asDouble();
      double[] b = pictures.data().asDouble();
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += (a[i] - b[i]) * (a[i] - b[i]);
      }
      assertThat(a).hasSize(BATCH * trained.config.picture().bytes());
      return sum / a.length;
    }
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void thePlanAgreesWithSameDiff(Quantiser quantiser) {
    Trained trained = new Trained(quantiser);
    SameDiffOracle.assertAgree(
        trained.graph,
        trained.plan,
        trained.inputs,
        List.of("loss", "reconstruction", "selection"),
        1e-9);
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void aPlanInSinglePrecisionAgreesWithSameDiff(Quantiser quantiser) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    Vqvae.Training model = new Vqvae(config(quantiser), graph, BATCH).training();
    GradientCheck.randomise(store, 0.3, SEED);
    Plan plan = Plan.training(graph, model.loss(), graph.parameters(), model.reconstruction());
    GraphInputs inputs = GraphInputs.random(graph, SEED, 1);
    SameDiffOracle.assertAgree(graph, plan, inputs, List.of("loss", "reconstruction"), 1e-4);
  }
}
