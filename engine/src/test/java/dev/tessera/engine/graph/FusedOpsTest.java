package dev.tessera.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.OpsTest.Built;
import dev.tessera.engine.graph.OpsTest.Case;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every fused operation, forward and backward, against the definition and the plain one. */
class FusedOpsTest {
  /** Of the largest element: rounding to eight bits, a few times over. */
  private static final double BF16 = 2e-2;

  private static final double F32 = 1e-4;

  static Stream<Arguments> cases() {
    return OpsTest.cases()
        .flatMap(
            one ->
                executions().map(execution -> Arguments.of(one, execution, accuracy(execution))));
  }

  /** What the processor, as oneDNN is allowed to see it, can compute. */
  static Stream<Execution> executions() {
    return OneDnn.takesBfloat16()
        ? Stream.of(Execution.fused(), Execution.bfloat16())
        : Stream.of(Execution.fused());
  }

  private static double accuracy(Execution execution) {
    return execution.precision() == Execution.Precision.F32 ? F32 : BF16;
  }

  private static void run(Plan plan) {
    plan.set("ids", OpsTest.IDS);
    plan.set("ranges", OpsTest.RANGE_OF_ROW);
    plan.run();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatTheDefinitionSays(Case one, Execution execution, double accuracy) {
    Built built = new Built(one, execution);
    Plan plan = Plan.forward(built.graph, built.output);
    run(plan);
    double[] expected = one.naive().apply(built::values);
    INDArray result = plan.output(built.output.name());
    double[] actual = result.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    assertClose("value", actual, expected, accuracy);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreThoseOfThePlainOperation(Case one, Execution execution, double accuracy) {
    assertSameGradients(one, execution, accuracy);
  }

  private static void assertSameGradients(Case one, Execution execution, double accuracy) {
    Built plain = new Built(one, Execution.plain());
    Built fused = new Built(one, execution);
    Plan reference = Plan.training(plain.graph, plain.loss, one.shapes().keySet());
    Plan fast = Plan.training(fused.graph, fused.loss, one.shapes().keySet());
    run(reference);
    run(fast);
    // Errors of the elements add up like a random walk.
    double terms = 4 * Math.sqrt((double) plain.output.length());
    assertThat(fast.scalar("loss"))
        .isCloseTo(
            reference.scalar("loss"),
            within(accuracy * Math.max(terms, Math.abs(reference.scalar("loss")))));
    for (String name : one.shapes().keySet()) {
      assertClose(
          "gradient of " + name,
          doubles(fast.gradient(name)),
          doubles(reference.gradient(name)),
          accuracy);
    }
  }

  private static double[] doubles(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
  }

  private static void assertClose(
      String what, double[] actual, double[] expected, double accuracy) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 1;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as("%s, element %d", what, i)
          .isCloseTo(expected[i], within(accuracy * largest));
    }
  }

  /** Where operands are copied into tiles, the last ones are filled up. */
  @ParameterizedTest
  @CsvSource({"97, 70, 130", "33, 129, 65", "130, 64, 31"})
  void productsOfSizesThatFillNoTileAreThoseOfThePlainOperation(int rows, int inputs, int outputs) {
    Case one = OpsTest.linear(rows, inputs, outputs);
    for (Execution execution : executions().toList()) {
      assertSameGradients(one, execution, accuracy(execution));
      computesWhatTheDefinitionSays(one, execution, accuracy(execution));
    }
  }

  /** Text before or after a picture that fills several blocks of queries, the last one short. */
  static Stream<Arguments> longSequences() {
    return Stream.of(MaskPattern.values())
        .flatMap(
            pattern ->
                Stream.of(
                    Arguments.of(pattern, 97, new TokenGrid(7, 10, 9)),
                    Arguments.of(pattern, 200, new TokenGrid(21, 20, 9)),
                    Arguments.of(pattern, 200, new TokenGrid(1, 20, 9)),
                    Arguments.of(pattern, 257, new TokenGrid(2, 16, 16)),
                    Arguments.of(pattern, 257, TokenGrid.NONE)));
  }

  /** Runs of keys that begin and end within groups. */
  @ParameterizedTest
  @MethodSource("longSequences")
  void attentionOverSeveralBlocksIsThatOfThePlainOperation(
      MaskPattern pattern, int length, TokenGrid grid) {
    Case one = OpsTest.attention(2, length, 2, new AttentionMask(pattern, grid));
    for (Execution execution : executions().toList()) {
      assertSameGradients(one, execution, accuracy(execution));
      computesWhatTheDefinitionSays(one, execution, accuracy(execution));
    }
  }

  @ParameterizedTest
  @MethodSource("executions")
  void everySequenceOfABatchHasTheMaskThatIsChosenForIt(Execution execution) {
    Case one =
        OpsTest.attention(
            130,
            2,
            new AttentionMask(MaskPattern.ROW, new TokenGrid(12, 13, 9)),
            new AttentionMask(MaskPattern.ROW, new TokenGrid(1, 13, 9)));
    assertSameGradients(one, execution, accuracy(execution));
    computesWhatTheDefinitionSays(one, execution, accuracy(execution));
  }

  @Test
  void aMaskThatIsNotThereIsRefused() {
    AttentionMask mask = AttentionMask.of(MaskPattern.CAUSAL);
    Built built = new Built(OpsTest.attention(2, 1, mask, mask), Execution.fused());
    Plan plan = Plan.forward(built.graph, built.output);
    plan.set("ranges", new int[] {0, 1, 0, 2, 0});
    assertThatThrownBy(plan::run).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @MethodSource("executions")
  void aSecondRunRepeatsEveryBit(Execution execution) {
    for (Case one : OpsTest.cases().toList()) {
      Built built = new Built(one, execution);
      Plan plan = Plan.training(built.graph, built.loss, one.shapes().keySet());
      run(plan);
      List<float[]> first =
          one.shapes().keySet().stream().map(name -> HostCopy.floats(plan.gradient(name))).toList();
      run(plan);
      List<float[]> second =
          one.shapes().keySet().stream().map(name -> HostCopy.floats(plan.gradient(name))).toList();
      for (int i = 0; i < first.size(); i++) {
        assertThat(second.get(i)).as(one.name()).containsExactly(first.get(i));
      }
    }
  }

  @Test
  void bfloat16IsRefusedWhereTheProcessorDoesNotTakeIt() {
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    if (OneDnn.takesBfloat16()) {
      assertThatCode(() -> new ModelGraph(store, Execution.bfloat16())).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> new ModelGraph(store, Execution.bfloat16()))
          .hasMessageContaining("bf16 needs AVX-512");
    }
  }

  @ParameterizedTest
  @MethodSource("executions")
  void aConvolutionThatOnlyAnActivationReadsIsOneStepWithIt(Execution execution) {
    double[][] values = new double[2][];
    for (int i = 0; i < 2; i++) {
      ParameterStore store = new ParameterStore(1, DataType.FLOAT);
      ModelGraph graph = new ModelGraph(store, execution);
      Ops ops = graph.ops();
      GraphTensor x = graph.constant(GraphInputs.gaussians(new Random(1), 768, 1), 1, 8, 8, 12);
      GraphTensor w = graph.parameter("w", Initialiser.normal(0.2), 3, 3, 12, 32);
      GraphTensor b = graph.parameter("b", Initialiser.normal(0.2), 32);
      GraphTensor before = ops.conv2d(x, w, b, 1).named("before");
      GraphTensor y = ops.relu(before).named("y");
      Plan plan = i == 0 ? Plan.forward(graph, y) : Plan.forward(graph, y, before);
      plan.run();
      values[i] = doubles(plan.output("y"));
      assertThat(plan.explain().contains(" elementwise ")).isEqualTo(i == 1);
    }
    assertThat(values[0]).containsExactly(values[1]);
    assertThat(values[0]).contains(0.0);
  }

  @ParameterizedTest
  @MethodSource("executions")
  void aLeakyActivationAfterAConvolutionKeepsItsSlope(Execution execution) {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), execution);
    Ops ops = graph.ops();
    GraphTensor x = graph.constant(GraphInputs.gaussians(new Random(1), 768, 1), 1, 8, 8, 12);
    GraphTensor w = graph.parameter("w", Initialiser.normal(0.2), 3, 3, 12, 32);
    GraphTensor b = graph.parameter("b", Initialiser.normal(0.2), 32);
    GraphTensor y = ops.leakyRelu(ops.conv2d(x, w, b, 1), 0.2).named("y");
    Plan plan = Plan.forward(graph, y);
    plan.run();
    assertThat(Arrays.stream(doubles(plan.output("y"))).min().orElseThrow()).isNegative();
  }

  @ParameterizedTest
  @MethodSource("executions")
  void aTensorReadTwiceGetsBothGradients(Execution execution) {
    float[] values = GraphInputs.gaussians(new Random(1), 4 * 32, 1);
    double[][] gradients = new double[2][];
    for (int i = 0; i < 2; i++) {
      ParameterStore store = new ParameterStore(1, DataType.FLOAT);
      ModelGraph graph = new ModelGraph(store, i == 0 ? Execution.plain() : execution);
      Ops ops = graph.ops();
      GraphTensor x = graph.parameter("x", Initialiser.zeros(), 4, 32);
      HostCopy.write(values, store.array("x"));
      GraphTensor w = graph.parameter("w", Initialiser.normal(0.2), 32, 32);
      GraphTensor b = graph.parameter("b", Initialiser.normal(0.2), 32);
      GraphTensor h = ops.linear(x, w, b);
      GraphTensor y = ops.add(ops.add(x, ops.gelu(h)), ops.linear(ops.relu(h), w, b));
      GraphTensor loss = ops.sum(ops.multiply(y, y)).named("loss");
      Plan plan = Plan.training(graph, loss, graph.parameters());
      plan.run();
      gradients[i] = doubles(plan.gradient("w"));
    }
    assertClose("gradient", gradients[1], gradients[0], BF16);
  }
}
