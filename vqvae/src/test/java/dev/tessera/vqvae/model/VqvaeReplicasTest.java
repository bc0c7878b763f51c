package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.LookupFree;
import dev.tessera.vqvae.quantiser.Quantiser;
import dev.tessera.vqvae.quantiser.VectorQuantiser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Replicas that share the pictures of a step compute what one plan computes. */
class VqvaeReplicasTest {
  private static final int PICTURES = 7;
  private static final double SAME = 1e-5;

  static Stream<Quantiser> quantisers() {
    return Stream.of(
        new FiniteScalar(List.of(5, 4, 3)),
        new GumbelSoftmax(16, 3, 1, 0.5, 0.1, 0.2, 0, GumbelSoftmax.Logits.FREE),
        new GumbelSoftmax(16, 3, 1, 0.5, 0.1, 0.2, 0.1, GumbelSoftmax.Logits.DISTANCES),
        new VectorQuantiser(
            16, 4, 0.99, 0.25, 10, 0.03, false, VectorQuantiser.Gradient.STRAIGHT_THROUGH),
        new VectorQuantiser(16, 4, 0.99, 0.25, 10, 0.03, true, VectorQuantiser.Gradient.ROTATION),
        new LookupFree(4, 0.25, 0.1, false),
        new LookupFree(4, 0, 0.1, true));
  }

  /** What a step came to. */
  private record Outcome(double loss, float[] selection, List<double[]> gradients) {}

  private static Outcome outcome(Quantiser quantiser, int replicas) {
    VqvaeConfig config = new VqvaeConfig(PictureConfig.square(16), 4, 8, 8, 1, quantiser);
    ParameterStore store = new ParameterStore(3, DataType.FLOAT);
    new Vqvae(config, new ModelGraph(store, DataType.FLOAT), 1).training();
    GradientCheck.randomise(store, 0.1, 3);
    try (ParallelPlan plan =
        new ParallelPlan(
            PICTURES,
            replicas,
            (share, batch) -> {
              ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
              Vqvae.Training model = new Vqvae(config, graph, share).training(batch);
              return Plan.training(graph, model.loss(), graph.parameters(), model.selection());
            })) {
      Random random = new Random(5);
      plan.set("pictures", GraphInputs.gaussians(random, plan.length("pictures"), 1));
      if (quantiser instanceof GumbelSoftmax) {
        plan.set("quantiser/inverseTemperature", new float[] {1.5f});
        plan.set("quantiser/klWeight", new float[] {0.3f});
        int numbers = plan.length("quantiser/noise");
        plan.set("quantiser/noise", GraphInputs.gaussians(random, numbers, 1));
      }
      plan.run();
      List<double[]> gradients = new ArrayList<>();
      for (String name : store.trainable()) {
        double[] sum = new double[(int) store.array(name).length()];
        for (FlatMemory memory : plan.gradients()) {
          float[] part = new float[sum.length];
          memory.read(store.offset(name), part, 0, part.length);
          Arrays.setAll(sum, i -> sum[i] + part[i]);
        }
        gradients.add(sum);
      }
      return new Outcome(plan.scalar("loss"), plan.floats("selection"), gradients);
    }
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void computeWhatOnePlanComputes(Quantiser quantiser) {
    Outcome one = outcome(quantiser, 1);
    assertThat(one.gradients()).hasSizeGreaterThan(20);
    for (int replicas : new int[] {2, 3}) {
      Outcome several = outcome(quantiser, replicas);
      assertThat(several.loss()).isCloseTo(one.loss(), within(SAME * one.loss()));
      assertThat(several.selection()).containsExactly(one.selection(), within(1e-5f));
      for (int i = 0; i < one.gradients().size(); i++) {
        double[] expected = one.gradients().get(i);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertThat(largest).isPositive();
        assertThat(several.gradients().get(i)).containsExactly(expected, within(SAME * largest));
      }
    }
  }
}
