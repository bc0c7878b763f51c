package dev.tessera.vqvae.quantiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.TensorMap;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class LookupFreeTest {
  private static final float[] VECTORS = {0.4f, -2, 0.1f, -0.3f, -0.2f, 5, -1, 0.001f, 3, 3, 3, 3};
  private static final int ROWS = 3;
  private static final int BITS = 4;

  private static Plan plan(LookupFree quantiser, ParameterStore store) {
    ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    GraphTensor x =
        graph.parameter(
            "x", (values, random) -> System.arraycopy(VECTORS, 0, values, 0, 12), ROWS, BITS);
    Quantiser.Quantised quantised = quantiser.quantise(graph, x, 1, 1);
    GraphTensor codes = quantised.codes().named("codes");
    Ops ops = graph.ops();
    GraphTensor loss =
        ops.add(ops.sum(codes), ops.reshape(quantised.regulariser().orElseThrow(), 1, 1))
            .named("loss");
    GraphTensor selection = quantiser.selection(graph, x).named("selection");
    GraphTensor penalty = quantised.regulariser().orElseThrow();
    Plan plan =
        Plan.training(graph, loss, List.of("x"), codes, selection, penalty.named("penalty"));
    plan.run();
    return plan;
  }

  @Test
  void codesAreTheSignsAndTheirBits() {
    for (boolean onSphere : new boolean[] {false, true}) {
      LookupFree quantiser = new LookupFree(BITS, 0, 0, onSphere);
      ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
      Plan plan = plan(quantiser, store);
      float[] codes = plan.floats("codes");
      assertThat(codes)
          .containsExactly(new float[] {1, -1, 1, -1, -1, 1, -1, 1, 1, 1, 1, 1}, within(1e-5f));
      float[] selection = plan.floats("selection");
      int[] expected = {0b1010, 0b0101, 0b1111};
      float[] codebook = quantiser.codebook(store);
      for (int row = 0; row < ROWS; row++) {
        int code = quantiser.code(selection, row);
        assertThat(code).isEqualTo(expected[row]);
        for (int bit = 0; bit < BITS; bit++) {
          assertThat(codebook[code * BITS + bit]).isCloseTo(codes[row * BITS + bit], within(1e-5f));
        }
      }
    }
  }

  @Test
  void withoutPenaltiesTheGradientIsCopied() {
    Plan plan = plan(new LookupFree(BITS, 0, 0, false), new ParameterStore(1, DataType.DOUBLE));
    assertThat(plan.gradient("x").data().asDouble()).containsOnly(1.0);
  }

  @Test
  void theCommitmentIsTheMeanSquaredDistanceFromTheSigns() {
    double squares = 0;
    for (float v : VECTORS) {
      squares += Math.pow(Math.abs(v) - 1, 2);
    }
    Plan plan = plan(new LookupFree(BITS, 0.5, 0, false), new ParameterStore(1, DataType.DOUBLE));
    assertThat(plan.scalar("penalty")).isCloseTo(0.5 * squares / 12, within(1e-5));
  }

  /** With equal shares it is the entropy of independent bits. */
  @Test
  void theEntropyIsThatOfTheBits() {
    double entropy = 0;
    for (float v : VECTORS) {
      double p = 1 / (1 + Math.exp(-4 * v));
      entropy -= (p > 0 ? p * Math.log(p) : 0) + (p < 1 ? (1 - p) * Math.log(1 - p) : 0);
    }
    Plan plan = plan(new LookupFree(BITS, 0, 1, false), new ParameterStore(1, DataType.DOUBLE));
    assertThat(plan.scalar("penalty")).isCloseTo(entropy / ROWS, within(1e-5));
  }

  /** The second channel is −0.1, −0.2, … −1: as far from zero as a lost bit is. */
  @Test
  void aBitThatAllVectorsShareIsFoundAgain() {
    int vectors = 10;
    float[] values = new float[2 * vectors];
    for (int row = 0; row < vectors; row++) {
      values[2 * row] = row % 2 == 0 ? 1 : -1;
      values[2 * row + 1] = -(row + 1) / 10f;
    }
    LookupFree quantiser = new LookupFree(2, 0, 0, false);
    ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
    ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    GraphTensor x =
        graph.parameter(
            "x", (at, random) -> System.arraycopy(values, 0, at, 0, values.length), vectors, 2);
    quantiser.declare(graph);
    Plan plan = Plan.forward(graph, quantiser.selection(graph, x).named("selection"));
    CodebookLearner learner = quantiser.learner(store, 1).orElseThrow();
    int ones = 0;
    for (int step = 1; step <= 50; step++) {
      plan.run();
      float[] selection = plan.floats("selection");
      int[] codes =
          IntStream.range(0, vectors).map(row -> quantiser.code(selection, row)).toArray();
      ones = (int) Arrays.stream(codes).filter(code -> (code & 1) == 1).count();
      assertThat(Arrays.stream(codes).filter(code -> code >= 2)).hasSize(vectors / 2);
      learner.observe(codes, selection, new float[0]);
      learner.update(step, 0.5);
    }
    assertThat(ones).isEqualTo(vectors / 5);
  }

  @Test
  void weightsFromBeforeThereWereThresholdsGetNone() {
    TensorMap weights = new TensorMap();
    new LookupFree(3, 0, 0, false).complete(weights);
    assertThat(weights.get("quantiser/offsets", 3).data()).containsOnly(0);
    weights.get("quantiser/offsets", 3).data()[1] = 5;
    new LookupFree(3, 0, 0, false).complete(weights);
    assertThat(weights.get("quantiser/offsets", 3).data()).containsExactly(0, 5, 0);
  }

  @Test
  void aCodeThatIsChosenMoreOftenThanOthersIsPenalised() {
    LookupFree quantiser = new LookupFree(BITS, 0, 1, false);
    ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
    double before = plan(quantiser, store).scalar("penalty");
    CodebookLearner learner = quantiser.learner(store, 1).orElseThrow();
    int step = 0;
    while (step < 200) {
      learner.observe(new int[] {0b1111, 0b1111, 0b0000}, new float[0], new float[0]);
      learner.update(++step, 0.5);
    }
    float[] shares = learner.state().get("shares").data();
    double expected = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int code = 0; code < 1 << BITS; code++) {
        double p = 1;
        for (int bit = 0; bit < BITS; bit++) {
          double sign = (code >> (BITS - 1 - bit) & 1) == 1 ? 1 : -1;
          p /= 1 + Math.exp(-4 * sign * VECTORS[row * BITS + bit]);
        }
        expected += p * Math.log(Math.max(0.01, 16 * shares[code])) / ROWS;
      }
    }
    assertThat(plan(quantiser, store).scalar("penalty") - before).isCloseTo(expected, within(1e-4));
    CodebookLearner restored = quantiser.learner(store, 1).orElseThrow();
    restored.restore(learner.state());
    assertThat(restored.state().asMap()).isEqualTo(learner.state().asMap());
    assertThat(shares[0b1111]).isCloseTo(2 / 3f, within(0.02f));
    assertThat(shares[0b0000]).isCloseTo(1 / 3f, within(0.02f));
  }

  @Test
  void valuesOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LookupFree(13, 0, 0, false))
        .withMessageContainingAll("bits", "13");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LookupFree(9, -1, 0, false))
        .withMessageContaining("commitment");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LookupFree(9, 0, Double.NaN, false))
        .withMessageContaining("entropy weight");
  }
}
