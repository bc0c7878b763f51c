package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.WorkerThreads;
import dev.tessera.engine.store.TensorMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

class MuonTest {
  private static final int ROWS = 3 * 3 * 20;
  private static final int COLUMNS = 24;
  private static final double MOMENTUM = 0.8;
  private static final double DECAY = 0.3;
  private static final double RATE = 0.01;
  private static final double CLIP = 5;
  private static final double AVERAGE = 0.5;

  private final ParameterStore store = new ParameterStore(5, DataType.FLOAT);
  private final FlatMemory gradients = new FlatMemory(DataType.FLOAT, 0);
  private final WorkerThreads threads = new WorkerThreads(2, "test");
  private final double[] mean = new double[ROWS * COLUMNS];
  private ExponentialMovingAverage average;
  private Optimiser optimiser;

  @BeforeEach
  void make() {
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    graph.parameter("kernel", Initialiser.normal(0.1), 3, 3, 20, COLUMNS);
    graph.parameter("table", Initialiser.normal(0.1), 30, 40);
    gradients.reserve(store.memory().extent());
    average = new ExponentialMovingAverage(AVERAGE, store);
    optimiser =
        new Optimiser(
            new Optimiser.Options(0.9, 0.99, DECAY, CLIP, MOMENTUM),
            store,
            List.of(gradients),
            threads,
            store.names(),
            "kernel"::equals,
            Execution.plain(),
            average);
  }

  @AfterEach
  void close() {
    threads.close();
  }

  private void give(String parameter, float[] gradient) {
    gradients.write(store.offset(parameter), gradient, 0, gradient.length);
  }

  private void assertThatAStepLetsTheKernelDecayAlone(int step, float tolerance) {
    float[] old = store.toTensors().get("kernel").data();
    optimiser.step(step, RATE);
    float[] now = store.toTensors().get("kernel").data();
    for (int i = 0; i < now.length; i++) {
      assertThat(now[i]).isCloseTo((float) (old[i] * (1 - RATE * DECAY)), within(tolerance));
    }
  }

  /** What the paper says, in doubles, with the reference's products; returns the new weights. */
  private double[] expected(float[] gradient, double clip, double[] weights) {
    float[] direction = new float[mean.length];
    double squares = 0;
    for (int i = 0; i < mean.length; i++) {
      double clipped = gradient[i] * clip;
      mean[i] = MOMENTUM * mean[i] + (1 - MOMENTUM) * clipped;
      direction[i] = (float) (MOMENTUM * mean[i] + (1 - MOMENTUM) * clipped);
      squares += (double) direction[i] * direction[i];
    }
    new PlainNewtonSchulz(ROWS, COLUMNS).orthogonalise(direction, (float) (1 / Math.sqrt(squares)));
    double[] moved = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      double update = 0.2 * Math.sqrt(ROWS) * direction[i];
      moved[i] = weights[i] - RATE * (update + DECAY * weights[i]);
    }
    return moved;
  }

  @Test
  void followsThePaperForTenSteps() {
    Random random = new Random(1);
    float[] weights = store.toTensors().get("kernel").data();
    double[] right = new double[weights.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = weights[i];
    }
    for (int step = 0; step < 10; step++) {
      float[] gradient = GraphInputs.gaussians(random, ROWS * COLUMNS, step % 2 == 0 ? 1 : 0.001);
      give("kernel", gradient);
      give("table", new float[1200]);
      double norm = optimiser.step(step, RATE);
      right = expected(gradient, Math.min(1, CLIP / norm), right);
      float[] found = store.toTensors().get("kernel").data();
      for (int i = 0; i < right.length; i++) {
        assertThat((double) found[i]).as("step %d, %d", step, i).isCloseTo(right[i], within(2e-6));
      }
    }
    float[] kept = optimiser.toTensors().get("mean/kernel").data();
    for (int i = 0; i < kept.length; i++) {
      assertThat((double) kept[i]).isCloseTo(mean[i], within(1e-6));
    }
  }

  @Test
  void updatesAreAsLargeForSmallGradientsAndGoIntoTheAverage() {
    TensorMap before = store.toTensors();
    float[] gradient = GraphInputs.gaussians(new Random(2), ROWS * COLUMNS, 1e-6);
    give("kernel", gradient);
    optimiser.step(0, RATE);
    float[] old = before.get("kernel").data();
    float[] now = store.toTensors().get("kernel").data();
    float[] averaged = average.toTensors().get("kernel").data();
    double squares = 0;
    for (int i = 0; i < now.length; i++) {
      squares += (now[i] - old[i]) * (double) (now[i] - old[i]);
      // While there are few steps, the average forgets faster: it keeps a tenth here.
      assertThat(averaged[i]).isCloseTo(0.1f * old[i] + 0.9f * now[i], within(1e-6f));
    }
    assertThat(Math.sqrt(squares / now.length)).isBetween(0.1 * RATE, 0.3 * RATE);
  }

  @Test
  void withoutAGradientWeightsDecayAlone() {
    assertThatAStepLetsTheKernelDecayAlone(0, 1e-7f);
  }

  /** A layer that is cut off has such: their squares are no numbers of this type. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-16, 1e-19, 1e-22, 1e-25, 1e-43})
  void gradientsOfNextToNothingMoveNextToNothing(double spread) {
    float[] gradient = GraphInputs.gaussians(new Random(2), ROWS * COLUMNS, spread);
    give("kernel", gradient);
    assertThatAStepLetsTheKernelDecayAlone(0, 1e-5f);
  }

  @Test
  void whatIsLeftOfAMeanFadesAway() {
    float[] gradient = GraphInputs.gaussians(new Random(2), ROWS * COLUMNS, 1);
    give("kernel", gradient);
    optimiser.step(0, RATE);
    give("kernel", new float[gradient.length]);
    for (int step = 1; step < 600; step++) {
      optimiser.step(step, RATE);
    }
    assertThatAStepLetsTheKernelDecayAlone(600, 1e-6f);
  }

  @Test
  void otherParametersGoByAdam() {
    float[] gradient = GraphInputs.gaussians(new Random(2), 1200, 1);
    give("table", gradient);
    float[] old = store.toTensors().get("table").data();
    optimiser.step(0, RATE);
    float[] now = store.toTensors().get("table").data();
    for (int i = 0; i < now.length; i++) {
      // The first step of Adam is as long as the rate, whatever the gradient.
      double decayed = old[i] * (1 - RATE * DECAY);
      assertThat((double) now[i])
          .isCloseTo(decayed - Math.signum(gradient[i]) * RATE, within(1e-5));
    }
  }

  @Test
  void vectorsAreRefused() {
    ParameterStore other = new ParameterStore(5, DataType.FLOAT);
    new ModelGraph(other, DataType.FLOAT).parameter("bias", Initialiser.zeros(), 7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Muon.Matrix.of("bias", other))
        .withMessage("parameter bias has one axis: it is no matrix");
  }
}
