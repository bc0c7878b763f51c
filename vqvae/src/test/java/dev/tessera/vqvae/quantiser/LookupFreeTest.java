package dev.tessera.vqvae.quantiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.TensorMap;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

class LookupFreeTest {
  private static final float[] VECTORS = {0.4f, -2, 0.1f, -0.3f, -0.2f, 5, -1, 0.001f, 3, 3, 3, 3};
  private static final int ROWS = 3;
  private static final int BITS = 4;
  private static final int VECTORS_SEEN = 16;

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

  /** The second channel is −0.1, −0.2, … −1.6: as far from zero as a lost bit is. */
  @Test
  void aBitThatAllVectorsShareIsFoundAgain() {
    int[] codes = codesAfter(200, row -> new float[] {row % 2 == 0 ? 1 : -1, -(row + 1) / 10f});
    long ones = Arrays.stream(codes).filter(code -> (code & 1) == 1).count();
    assertThat(Arrays.stream(codes).filter(code -> code >= 2)).hasSize(VECTORS_SEEN / 2);
    assertThat(ones).isBetween(3L, 4L); // one in five of 16
  }

  /** A channel that differs by a hundredth in all is not lifted to and fro across zero for good. */
  @Test
  void aBitThatHardlyDiffersIsFoundAgain() {
    int[] codes = codesAfter(400, row -> new float[] {row % 2 == 0 ? 1 : -1, -1 + row / 1600f});
    assertThat(Arrays.stream(codes).distinct()).hasSize(4);
  }

  /** The third channel is the first, or its opposite, but for a twentieth. */
  @ParameterizedTest
  @ValueSource(floats = {1, -1})
  void aBitThatRepeatsAnotherIsFoundAgain(float sign) {
    IntFunction<float[]> alike =
        row -> {
          float first = row % 2 == 0 ? 1 : -1;
          float second = row / 2 % 2 == 0 ? 1 : -1;
          return new float[] {first, second, sign * first + (row / 4 % 2 == 0 ? 0.05f : -0.05f)};
        };
    assertThat(Arrays.stream(codesAfter(0, alike)).distinct()).hasSize(4);
    assertThat(Arrays.stream(codesAfter(200, alike)).distinct()).hasSizeGreaterThan(4);
  }

  /** Both are the same for all vectors, which is not to repeat each other. */
  @Test
  void constantBitsDoNotBecomeMixed() {
    ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
    int[] codes = codesAfter(100, row -> new float[] {-1 - row % 4 / 4f, 1 + row % 5 / 4f}, store);
    assertThat(HostCopy.floats(store.array("quantiser/mixing"))).containsExactly(1, 0, 0, 1);
    assertThat(Arrays.stream(codes).distinct()).hasSize(4);
  }

  @Test
  void bitsInUseStayAsTheyAre() {
    IntFunction<float[]> used =
        row -> new float[] {row < 4 ? 1 : -1, row % 2 == 0 ? 1 : -1, row % 3 == 0 ? 1 : -1};
    ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
    assertThat(codesAfter(50, used, store)).isEqualTo(codesAfter(0, used));
    assertThat(HostCopy.floats(store.array("quantiser/offsets"))).containsOnly(0);
    assertThat(HostCopy.floats(store.array("quantiser/mixing")))
        .containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 1);
  }

  private static int[] codesAfter(int steps, IntFunction<float[]> vectors) {
    return codesAfter(steps, vectors, new ParameterStore(1, DataType.DOUBLE));
  }

  /** The codes of vectors that stay as they are, when a learner has seen them for some steps. */
  private static int[] codesAfter(int steps, IntFunction<float[]> vectors, ParameterStore store) {
    int bits = vectors.apply(0).length;
    LookupFree quantiser = new LookupFree(bits, 0, 0, false);
    ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    Initialiser each =
        (values, random) -> {
          for (int row = 0; row < VECTORS_SEEN; row++) {
            System.arraycopy(vectors.apply(row), 0, values, row * bits, bits);
          }
        };
    GraphTensor x = graph.parameter("x", each, VECTORS_SEEN, bits);
    quantiser.declare(graph);
    GraphTensor moved = LostBits.found(graph, x, bits).named("moved");
    Plan plan = Plan.forward(graph, quantiser.selection(graph, x).named("selection"), moved);
    CodebookLearner learner = quantiser.learner(store, 1).orElseThrow();
    int[] codes = {};
    for (int step = 0; step <= steps; step++) {
      plan.run();
      float[] selection = plan.floats("selection");
      codes = IntStream.range(0, VECTORS_SEEN).map(row -> quantiser.code(selection, row)).toArray();
      if (step < steps) {
        float[] channels = plan.floats("moved");
        for (int from = 0; from < VECTORS_SEEN; from += 8) {
          learner.observe(
              Arrays.copyOfRange(codes, from, from + 8),
              selection,
              Arrays.copyOfRange(channels, from * bits, (from + 8) * bits));
        }
        learner.update(step + 1L, (double) step / steps);
      }
    }
    return codes;
  }

  @Test
  void weightsFromBeforeBitsWereFoundStayAsTheyWere() {
    TensorMap weights = new TensorMap();
    LookupFree quantiser = new LookupFree(2, 0, 0, false);
    quantiser.complete(weights);
    assertThat(weights.get("quantiser/mixing", 2, 2).data()).containsExactly(1, 0, 0, 1);
    assertThat(weights.get("quantiser/offsets", 2).data()).containsOnly(0);
    weights.get("quantiser/mixing", 2, 2).data()[1] = 3;
    weights.get("quantiser/offsets", 2).data()[1] = 5;
    quantiser.complete(weights);
    assertThat(weights.get("quantiser/mixing", 2, 2).data()).containsExactly(1, 3, 0, 1);
    assertThat(weights.get("quantiser/offsets", 2).data()).containsExactly(0, 5);
  }

  @Test
  void aCodeThatIsChosenMoreOftenThanOthersIsPenalised() {
    LookupFree quantiser = new LookupFree(BITS, 0, 1, false);
    ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
    double before = plan(quantiser, store).scalar("penalty");
    CodebookLearner learner = quantiser.learner(store, 1).orElseThrow();
    int step = 0;
    while (step < 200) {
      int[] codes = {0b1111, 0b1111, 0b0011, 0b0101, 0b0110};
      learner.observe(codes, new float[0], new float[0]);
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
    assertThat(shares[0b1111]).isCloseTo(2 / 5f, within(0.02f));
    assertThat(shares[0b0011]).isCloseTo(1 / 5f, within(0.02f));
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
