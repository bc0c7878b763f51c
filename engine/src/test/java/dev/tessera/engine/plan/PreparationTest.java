package dev.tessera.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.onednn.OneDnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

class PreparationTest {
  private static final int WIDTH = 48;
  private static final List<String> WEIGHTS = List.of("first", "second", "third");

  private final ParameterStore store = new ParameterStore(7, DataType.FLOAT);
  private final List<Plan> replicas = new ArrayList<>();

  @BeforeEach
  void needsRounding() {
    assumeTrue(OneDnn.takesBfloat16());
  }

  /** Three linear layers in bfloat16. */
  private Plan compile(int share, int batch) {
    ModelGraph graph = new ModelGraph(store, Execution.bfloat16());
    Ops ops = graph.ops();
    GraphTensor x = graph.placeholder("x", share, WIDTH);
    for (String name : WEIGHTS) {
      GraphTensor weight = graph.parameter(name, Initialiser.normal(0.2), WIDTH, WIDTH);
      GraphTensor bias = graph.parameter(name + " bias", Initialiser.normal(0.2), WIDTH);
      x = ops.gelu(ops.linear(x, weight, bias));
    }
    GraphTensor y = ops.affine(x, 1, 0).named("y");
    GraphTensor loss = ops.affine(ops.sum(ops.multiply(y, y)), 1.0 / batch, 0).named("loss");
    Plan plan = Plan.training(graph, loss, graph.parameters(), y);
    replicas.add(plan);
    return plan;
  }

  private static float[] rows(int batch, long seed) {
    return GraphInputs.gaussians(new Random(seed), batch * WIDTH, 1);
  }

  private static List<Long> sources(List<Step> steps) {
    return steps.stream()
        .flatMap(step -> step.inputs.stream())
        .map(value -> value.bind().data().addressPointer().address())
        .toList();
  }

  @Test
  void weightsAreRoundedAheadOfEverythingElse() {
    Plan plan = compile(4, 4);
    List<Step> steps = plan.preparation().steps();
    for (String name : WEIGHTS) {
      long address = store.array(name).data().addressPointer().address();
      assertThat(sources(steps)).as(name).contains(address);
    }
    assertThat(plan.explain().lines().skip(1).limit(steps.size()))
        .allMatch(line -> line.contains("cast") || line.contains("pack"));
  }

  @Test
  void replicasOfOneShareDivideTheWorkAndItsResults() {
    try (ParallelPlan plan = new ParallelPlan(8, 2, this::compile)) {
      assertThat(plan.length("x")).isEqualTo(8 * WIDTH);
      Preparation first = replicas.get(0).preparation();
      Preparation second = replicas.get(1).preparation();
      assertThat(first.isOfSame(second)).isTrue();
      List<List<Step>> parts = first.divided(2);
      assertThat(parts.get(0)).isNotEmpty().doesNotContainAnyElementsOf(parts.get(1));
      assertThat(parts.get(1)).isNotEmpty();
      List<Step> together = new ArrayList<>(parts.get(0));
      together.addAll(parts.get(1));
      assertThat(together).containsExactlyElementsOf(first.steps());
    }
  }

  @Test
  void noPartNeedsWhatAnotherComputes() {
    Plan plan = compile(4, 4);
    List<List<Step>> parts = plan.preparation().divided(3);
    for (List<Step> part : parts) {
      List<Value> others =
          parts.stream()
              .filter(other -> other != part)
              .flatMap(List::stream)
              .flatMap(step -> step.outputs.stream())
              .toList();
      assertThat(part).noneMatch(step -> step.inputs.stream().anyMatch(others::contains));
    }
  }

  /** 7 rows over 2 are shares of 4 and 3, whose layouts may differ. */
  @ParameterizedTest
  @CsvSource({"8, 2", "7, 2", "5, 3", "3, 3"})
  void resultsAreThoseOfOnePlanAndFollowTheParameters(int batch, int count) {
    try (ParallelPlan several = new ParallelPlan(batch, count, this::compile)) {
      Plan one = compile(batch, batch);
      for (int change = 0; change < 3; change++) {
        store.write(
            WEIGHTS.get(change), GraphInputs.gaussians(new Random(change), WIDTH * WIDTH, 0.3f));
        one.set("x", rows(batch, change));
        several.set("x", rows(batch, change));
        one.run();
        several.run();
        assertThat(several.floats("y")).as("change %d", change).containsExactly(one.floats("y"));
      }
    }
  }

  @Test
  void timedRunsPrepareToo() {
    try (ParallelPlan plan = new ParallelPlan(6, 2, this::compile)) {
      plan.set("x", rows(6, 1));
      plan.run();
      store.write("second", GraphInputs.gaussians(new Random(9), WIDTH * WIDTH, 0.3f));
      plan.runTimed();
      float[] timed = plan.floats("y");
      plan.run();
      assertThat(timed).containsExactly(plan.floats("y"));
      assertThat(plan.millisecondsByKind()).containsKey("cast");
    }
  }

  @Test
  void largeAndSmallParametersAreDividedByBytes() {
    Plan plan = compile(4, 4);
    List<Integer> sizes =
        plan.preparation().divided(2).stream()
            .map(part -> part.stream().mapToInt(step -> (int) step.outputs.get(0).length()).sum())
            .collect(Collectors.toList());
    int all = IntStream.of(sizes.get(0), sizes.get(1)).sum();
    assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(all / 4, 3 * all / 4));
  }
}
