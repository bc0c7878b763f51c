package dev.tessera.transformer.ranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.random.CounterRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** However many replicas share a batch, all its pairs are held against each other. */
class WholeBatchGradientTest {
  private static final int BATCH = 6;
  private static final RankerConfig CONFIG = new RankerConfig(8, 8, 260, 4, 4, 8, 1, 2, 6);
  private static final int[] GROUPS = {0, 1, 2, 3, 1, 5};

  private final ParameterStore store = new ParameterStore(3, DataType.FLOAT);
  private final float[] pixels = pixels();
  private final int[] texts = texts();

  private static float[] pixels() {
    CounterRandom random = new CounterRandom(5, "pixels", 0);
    float[] pixels = new float[BATCH * CONFIG.pixels()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (2 * random.nextDouble() - 1);
    }
    return pixels;
  }

  private static int[] texts() {
    int[] texts = new int[BATCH * CONFIG.textLength()];
    for (int i = 0; i < BATCH; i++) {
      CONFIG.write(new int[] {40 + GROUPS[i], 90}, texts, i * CONFIG.textLength());
    }
    return texts;
  }

  /** Loss and gradients of a step over so many replicas. */
  private ParallelPlan step(int replicas) {
    WholeBatch batch = new WholeBatch(CONFIG, store, Execution.fused(), BATCH, replicas);
    ParallelPlan plan = batch.plan();
    batch.set(plan, pixels, texts, GROUPS);
    plan.run();
    batch.close();
    return plan;
  }

  private static double gradient(ParallelPlan plan, long at) {
    double sum = 0;
    for (FlatMemory memory : plan.gradients()) {
      sum += memory.buffer(at, 1).getDouble(0);
    }
    return sum;
  }

  @Test
  void lossAndGradientsAreTheSameForAnyNumberOfReplicas() {
    try (ParallelPlan one = step(1);
        ParallelPlan three = step(3)) {
      assertThat(three.scalar("loss")).isCloseTo(one.scalar("loss"), within(1e-5));
      for (String name : store.trainable()) {
        for (long i = 0; i < store.array(name).length(); i++) {
          long at = store.offset(name) + i;
          assertThat(gradient(three, at)).as(name).isCloseTo(gradient(one, at), within(1e-5));
        }
      }
    }
  }

  @Test
  void gradientsAreThoseOfDifferencesOfTheWholeLoss() {
    try (ParallelPlan plan = step(2)) {
      for (String name :
          new String[] {
            "log_scale",
            "picture/out/weight",
            "picture/in/weight",
            "text/out/weight",
            "text/block0/mlp/up/weight",
            "text/position_embedding"
          }) {
        INDArray array = store.array(name);
        for (long i : new long[] {0, array.length() / 2, array.length() - 1}) {
          double gradient = gradient(plan, store.offset(name) + i);
          double difference = difference(array, i);
          assertThat(gradient)
              .as("%s[%d]", name, i)
              .isCloseTo(difference, within(2e-3 + 0.02 * Math.abs(difference)));
        }
      }
    }
  }

  private double difference(INDArray array, long i) {
    double value = array.getDouble(i);
    double step = 1e-3; // a larger one crosses the kinks of ReLU
    array.putScalar(i, value + step);
    double above = loss();
    array.putScalar(i, value - step);
    double below = loss();
    array.putScalar(i, value);
    return (above - below) / (2 * step);
  }

  private double loss() {
    try (ParallelPlan plan = step(1)) {
      return plan.scalar("loss");
    }
  }
}
