package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

class AdamWTest {
  private static final int STEPS = 20;

  private final ParameterStore store = new ParameterStore(5, DataType.FLOAT);
  private final ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
  private final Plan plan;

  /** A loss whose gradients are the placeholders: a matrix and a vector. */
  AdamWTest() {
    Ops ops = graph.ops();
    GraphTensor matrix = graph.parameter("matrix", Initialiser.normal(1), 3, 4);
    GraphTensor vector = graph.parameter("vector", Initialiser.normal(1), 5);
    GraphTensor first = ops.sum(ops.multiply(matrix, graph.placeholder("matrix gradient", 3, 4)));
    GraphTensor second = ops.sum(ops.multiply(vector, graph.placeholder("vector gradient", 5)));
    plan = Plan.training(graph, ops.add(first, second).named("loss"), graph.parameters());
  }

  /** One parameter under algorithm 2 of the paper, in doubles. */
  private static final class Naive {
    final double[] weights;
    final double[] means;
    final double[] squares;
    final double decay;

    Naive(double[] weights, double decay) {
      this.weights = weights;
      this.means = new double[weights.length];
      this.squares = new double[weights.length];
      this.decay = decay;
    }

    void step(AdamW.Options options, float[] gradient, double scale, int step, double rate) {
      for (int i = 0; i < weights.length; i++) {
        double g = gradient[i] * scale;
        means[i] = options.beta1() * means[i] + (1 - options.beta1()) * g;
        squares[i] = options.beta2() * squares[i] + (1 - options.beta2()) * g * g;
        double mean = means[i] / (1 - Math.pow(options.beta1(), step + 1));
        double square = squares[i] / (1 - Math.pow(options.beta2(), step + 1));
        weights[i] -= rate * (mean / (Math.sqrt(square) + 1e-8) + decay * weights[i]);
      }
    }
  }

  private double[] weights(String name) {
    return store.array(name).dup().data().asDouble();
  }

  /** Gives the plan random gradients and runs it. */
  private float[][] gradients(Random random, double spread) {
    float[][] gradients = {
      GraphInputs.gaussians(random, 12, spread), GraphInputs.gaussians(random, 5, spread),
    };
    plan.set("matrix gradient", gradients[0]);
    plan.set("vector gradient", gradients[1]);
    plan.run();
    return gradients;
  }

  private static double norm(float[][] gradients) {
    double sum = 0;
    for (float[] gradient : gradients) {
      for (float g : gradient) {
        sum += (double) g * g;
      }
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0.999, 0, 1e9", "0.9, 0.95, 0.1, 1e9", "0.8, 0.99, 0.3, 1.5", "0, 0, 0.1, 3"})
  void followsTheAlgorithmForTwentySteps(
      double beta1, double beta2, double weightDecay, double clipNorm) {
    AdamW.Options options = new AdamW.Options(beta1, beta2, weightDecay, clipNorm);
    AdamW adam = new AdamW(options, store, plan, graph.parameters());
    Naive matrix = new Naive(weights("matrix"), weightDecay);
    Naive vector = new Naive(weights("vector"), 0);
    Random random = new Random(6);
    for (int step = 0; step < STEPS; step++) {
      double rate = 0.01 * (1 + step % 3);
      // Some norms are above the limit and some below.
      float[][] gradients = gradients(random, step % 2 == 0 ? 1 : 0.1);
      double norm = norm(gradients);
      double scale = Math.min(1, clipNorm / norm);
      matrix.step(options, gradients[0], scale, step, rate);
      vector.step(options, gradients[1], scale, step, rate);
      assertThat(adam.step(step, rate)).isCloseTo(norm, within(1e-5 * norm));
      assertThat(weights("matrix")).containsExactly(matrix.weights, within(2e-5));
      assertThat(weights("vector")).containsExactly(vector.weights, within(2e-5));
    }
  }

  @Test
  void momentsContinueInAnotherOptimiser() {
    AdamW.Options options = new AdamW.Options(0.9, 0.99, 0.1, 2);
    AdamW first = new AdamW(options, store, plan, graph.parameters());
    Random random = new Random(8);
    for (int step = 0; step < 3; step++) {
      gradients(random, 1);
      first.step(step, 0.01);
    }
    var weights = store.toTensors();
    var moments = first.toTensors();
    assertThat(moments.names())
        .containsExactly("mean/matrix", "square/matrix", "mean/vector", "square/vector");
    gradients(new Random(9), 1);
    first.step(3, 0.01);
    var expected = store.toTensors();

    store.load(weights);
    AdamW second = new AdamW(options, store, plan, graph.parameters());
    second.load(moments);
    gradients(new Random(9), 1);
    second.step(3, 0.01);
    assertThat(store.toTensors().asMap()).isEqualTo(expected.asMap());
  }

  @Test
  void parametersWithTheSameGradientAreBothUpdatedByIt() {
    ParameterStore shared = new ParameterStore(5, DataType.FLOAT);
    ModelGraph two = new ModelGraph(shared, DataType.FLOAT);
    Ops ops = two.ops();
    GraphTensor x = two.placeholder("x", 2, 2);
    GraphTensor a = two.parameter("a", Initialiser.zeros(), 2);
    GraphTensor b = two.parameter("b", Initialiser.zeros(), 2);
    GraphTensor y = ops.tanh(ops.addRow(ops.addRow(x, a), b));
    Plan training = Plan.training(two, ops.sum(y).named("loss"), two.parameters());
    AdamW adam =
        new AdamW(new AdamW.Options(0.9, 0.99, 0, 0.5), shared, training, two.parameters());
    training.set("x", new float[] {0.1f, 0.2f, 0.3f, 0.4f});
    for (int step = 0; step < 3; step++) {
      training.run();
      adam.step(step, 0.1);
    }
    assertThat(shared.toTensors().get("a")).isEqualTo(shared.toTensors().get("b"));
  }

  @Test
  void optionsOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdamW.Options(1, 0.9, 0, 1))
        .withMessageContaining("beta1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdamW.Options(0.9, -0.1, 0, 1))
        .withMessageContaining("beta2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdamW.Options(0.9, 0.9, -1, 1))
        .withMessageContaining("weight decay");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdamW.Options(0.9, 0.9, 0, 0))
        .withMessageContaining("clip norm");
  }
}
