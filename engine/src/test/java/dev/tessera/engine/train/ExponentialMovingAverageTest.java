package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.TensorMap;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class ExponentialMovingAverageTest {
  private final ParameterStore store = new ParameterStore(1, DataType.FLOAT);

  @BeforeEach
  void declare() {
    new ModelGraph(store, DataType.FLOAT).parameter("w", Initialiser.ones(), 2);
  }

  private static float average(ExponentialMovingAverage average) {
    return average.toTensors().get("w").data()[0];
  }

  /** What the optimiser does when it has updated the weights. */
  private void take(ExponentialMovingAverage average, int weight, long step) {
    ChunkLoops chunk = new ChunkLoops();
    Arrays.fill(chunk.weights, weight);
    average.take(chunk, (int) store.offset("w"), 2, average.kept(step));
  }

  @Test
  void startsAtTheFirstWeightsAndForgetsFasterWhileStepsAreFew() {
    ExponentialMovingAverage average = new ExponentialMovingAverage(0.9, store);
    assertThat(average(average)).isEqualTo(1);
    double expected = 1;
    for (int step = 0; step < 200; step++) {
      take(average, step, step);
      double kept = Math.min(0.9, (1.0 + step) / (10.0 + step));
      expected = kept * expected + (1 - kept) * step;
      assertThat((double) average(average)).isCloseTo(expected, within(1e-4));
    }
  }

  @Test
  void withoutDecayTheAverageIsTheLastWeights() {
    ExponentialMovingAverage average = new ExponentialMovingAverage(0, store);
    take(average, 7, 100);
    assertThat(average(average)).isEqualTo(7);
  }

  @Test
  void averagesStandInForTheWeightsAndGoAgain() {
    ExponentialMovingAverage average = new ExponentialMovingAverage(0.9, store);
    store.array("w").assign(7);
    TensorMap weights = store.toTensors();
    TensorMap averages = average.toTensors();
    average.using(() -> assertThat(store.toTensors().asMap()).isEqualTo(averages.asMap()));
    assertThat(store.toTensors().asMap()).isEqualTo(weights.asMap());
    assertThat(average.toTensors().asMap()).isEqualTo(averages.asMap());

    assertThatThrownBy(
            () ->
                average.using(
                    () -> {
                      throw new IllegalStateException("expected");
                    }))
        .hasMessage("expected");
    assertThat(store.toTensors().asMap()).isEqualTo(weights.asMap());
  }

  @Test
  void isRestored() {
    ExponentialMovingAverage first = new ExponentialMovingAverage(0.9, store);
    take(first, 7, 50);
    ExponentialMovingAverage second = new ExponentialMovingAverage(0.9, store);
    second.load(first.toTensors());
    assertThat(average(second)).isEqualTo(average(first));
  }

  @Test
  void decaysOfOneOrMoreAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExponentialMovingAverage(1, store))
        .withMessageContaining("1.0");
  }
}
