package dev.tessera.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class PlanTest {
  private static final double SAME = 1e-9;

  private static ModelGraph graph(DataType type) {
    return new ModelGraph(new ParameterStore(1, type), type);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void randomGraphsAgreeWithSameDiff(long seed) {
    RandomGraph random = new RandomGraph(seed, 12);
    Plan plan = Plan.training(random.graph, random.loss, random.graph.parameters());
    for (int inputs = 0; inputs < 2; inputs++) {
      SameDiffOracle.assertAgree(
          random.graph,
          plan,
          GraphInputs.random(random.graph, seed + 100L * inputs, RandomGraph.IDS),
          List.of("loss"),
          SAME);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52})
  void randomGraphsOfFusedOperationsAgreeWithPlainOnes(long seed) {
    RandomGraph plain = new RandomGraph(seed, 14, Execution.plain());
    RandomGraph fused = new RandomGraph(seed, 14, Execution.fused());
    Plan reference = Plan.training(plain.graph, plain.loss, plain.graph.parameters());
    Plan plan = Plan.training(fused.graph, fused.loss, fused.graph.parameters());
    GraphInputs inputs = GraphInputs.random(plain.graph, seed, RandomGraph.IDS);
    inputs.give(reference);
    inputs.give(plan);
    reference.run();
    plan.run();
    PlanAgreement.assertClose("loss", plan.output("loss"), reference.output("loss"), 1e-4);
    PlanAgreement.assertGradients(plan, reference, plain.graph.parameters(), 1e-4);
  }

  /** A plan of its own for each result, so that nothing but the result is kept. */
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void everyResultOfALongChainIsRightThoughBuffersAreShared(long seed) {
    RandomGraph random = new RandomGraph(seed, 40);
    GraphInputs inputs = GraphInputs.random(random.graph, seed, RandomGraph.IDS);
    List<String> names = new ArrayList<>(random.graph.sameDiff().getOps().keySet());
    assertThat(names).hasSizeGreaterThan(60);
    List<String> outputs = random.tensors.stream().map(GraphTensor::name).toList();
    Map<String, INDArray> expected = SameDiffOracle.outputs(random.graph, inputs, outputs);
    for (GraphTensor tensor : random.tensors) {
      Plan plan = Plan.forward(random.graph, tensor);
      inputs.give(plan);
      plan.run();
      String name = tensor.name();
      INDArray right = Objects.requireNonNull(expected.get(name));
      SameDiffOracle.assertClose(name, plan.output(name), right, SAME);
    }
  }

  @Test
  void anIntermediateResultCanBeAnOutputBesideTheGradients() {
    RandomGraph random = new RandomGraph(31, 20);
    GraphTensor[] outputs = random.tensors.toArray(GraphTensor[]::new);
    Plan plan = Plan.training(random.graph, random.loss, random.graph.parameters(), outputs);
    List<String> names =
        Stream.concat(Stream.of(random.loss), random.tensors.stream())
            .map(GraphTensor::name)
            .toList();
    GraphInputs inputs = GraphInputs.random(random.graph, 5, RandomGraph.IDS);
    SameDiffOracle.assertAgree(random.graph, plan, inputs, names, SAME);
  }

  @Test
  void sharingSavesMemory() {
    ModelGraph graph = graph(DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", 100, 100);
    for (int i = 0; i < 30; i++) {
      x = graph.ops().tanh(x);
    }
    Plan plan = Plan.forward(graph, x);
    assertThat(plan.bufferBytes()).isBetween(100L * 100 * 4, 3L * 100 * 100 * 4);
    assertThat(plan.explain()).contains("tanh", "100, 100");
  }

  @Test
  void timedRunsTellWhatEachKindOfOperationTakesPerRun() {
    ModelGraph graph = graph(DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", 100, 100);
    Plan plan = Plan.forward(graph, graph.ops().tanh(graph.ops().relu(graph.ops().tanh(x))));
    plan.run();
    assertThat(plan.millisecondsByKind()).isEmpty();
    for (int i = 0; i < 20; i++) {
      plan.runTimed();
    }
    Map<String, Double> times = plan.millisecondsByKind();
    assertThat(times).containsOnlyKeys("relu", "tanh");
    double run = times.values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(run).isPositive();
    long start = System.nanoTime();
    plan.runTimed();
    plan.runTimed();
    double whole = (System.nanoTime() - start) * 1e-6 + 20 * run;
    double total = 22 * plan.millisecondsByKind().values().stream().mapToDouble(t -> t).sum();
    assertThat(total).isBetween(20 * run, whole);
  }

  @Test
  void aRunDependsOnThePlaceholdersAndParametersOfTheMoment() {
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", 1, 2);
    GraphTensor w = graph.parameter("w", Initialiser.ones(), 1, 2);
    Plan plan = Plan.forward(graph, graph.ops().multiply(x, w).named("y"));
    plan.set("x", new float[] {3, 4});
    plan.run();
    assertThat(plan.floats("y")).containsExactly(3, 4);
    store.array("w").assign(10);
    plan.run();
    assertThat(plan.floats("y")).containsExactly(30, 40);
    plan.set("x", new float[] {5, 6});
    plan.run();
    assertThat(plan.floats("y")).containsExactly(50, 60);
    assertThat(plan.length("x")).isEqualTo(2);
  }

  @Test
  void plansOfOneGraphDoNotDisturbEachOther() {
    RandomGraph random = new RandomGraph(41, 20);
    GraphInputs inputs = GraphInputs.random(random.graph, 1, RandomGraph.IDS);
    Plan first = Plan.forward(random.graph, random.loss);
    inputs.give(first);
    first.run();
    double before = first.scalar("loss");
    Plan second = Plan.training(random.graph, random.loss, random.graph.parameters());
    GraphInputs.random(random.graph, 2, RandomGraph.IDS).give(second);
    second.run();
    assertThat(second.scalar("loss")).isNotEqualTo(before);
    first.run();
    assertThat(first.scalar("loss")).isEqualTo(before);
  }

  @Test
  void aParameterWithoutEffectOnTheLossIsRefused() {
    ModelGraph graph = graph(DataType.FLOAT);
    Ops ops = graph.ops();
    GraphTensor used = graph.parameter("used", Initialiser.ones(), 2, 2);
    graph.parameter("idle", Initialiser.ones(), 2, 2);
    GraphTensor loss = ops.sum(ops.multiply(used, used)).named("loss");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Plan.training(graph, loss, List.of("used", "idle")))
        .withMessageContaining("idle");
  }

  @Test
  void gradientsLieAsTheirParametersDo() {
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    Ops ops = graph.ops();
    GraphTensor x = graph.placeholder("x", 6, 7);
    GraphTensor first = graph.parameter("first", Initialiser.normal(1), 7, 5);
    GraphTensor idle = graph.parameter("idle", Initialiser.normal(1), 2, 2);
    GraphTensor bias = graph.parameter("bias", Initialiser.normal(1), 5);
    GraphTensor y = ops.tanh(ops.linear(x, first, bias));
    GraphTensor loss = ops.add(ops.sum(y), ops.sum(ops.multiply(idle, idle))).named("loss");
    Plan plan = Plan.training(graph, loss, List.of("first", "bias"));
    GraphInputs.random(graph, 1, 1).give(plan);
    plan.run();
    for (String name : List.of("first", "bias")) {
      float[] expected = HostCopy.floats(plan.gradient(name));
      assertThat(expected).doesNotContain(0);
      float[] found = new float[expected.length];
      plan.gradients().read(store.offset(name), found, 0, found.length);
      assertThat(found).isEqualTo(expected);
    }
    float[] other = new float[4];
    plan.gradients().read(store.offset("idle"), other, 0, 4);
    assertThat(other).containsOnly(0);
    assertThat(plan.gradients().extent()).isEqualTo(store.memory().extent());
    assertThat(Plan.forward(graph, y).gradients().extent()).isZero();
  }

  @Test
  void wrongNamesAndLengthsAreRefused() {
    ModelGraph graph = graph(DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", 2, 2);
    Plan plan = Plan.forward(graph, graph.ops().tanh(x).named("y"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.set("z", new float[4]))
        .withMessageContainingAll("z", "x");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.set("x", new float[3]))
        .withMessageContainingAll("3", "4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.output("x"))
        .withMessageContaining("y");
    assertThatIllegalArgumentException().isThrownBy(() -> plan.gradient("x"));
  }
}
