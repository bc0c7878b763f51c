package dev.tessera.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.plan.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Results that share a buffer with others must not be read after it is written again. */
class SharedBuffersTest {
  private final ParameterStore store = new ParameterStore(3, DataType.DOUBLE);
  private final ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
  private final Ops ops = graph.ops();

  @Test
  void aTensorIsNotOverwrittenWhileItsTransposeIsRead() {
    GraphTensor x = graph.parameter("x", Initialiser.normal(1), 5, 5);
    SDVariable y = ops.tanh(x).variable();
    GraphTensor sum = new GraphTensor(y.add(y.permute(1, 0)), 5, 5);
    GraphTensor result = ops.affine(sum, 3, 0).named("result");
    Plan plan = Plan.forward(graph, result);
    plan.run();
    double[] in = store.array("x").data().asDouble();
    double[] expected =
        NaiveOps.fill(25, i -> 3 * (Math.tanh(in[i]) + Math.tanh(in[i % 5 * 5 + i / 5])));
    assertThat(plan.output("result").data().asDouble()).containsExactly(expected, within(1e-12));
  }

  @Test
  void parametersWithTheSameGradientHaveAnArrayEach() {
    GraphTensor x = graph.placeholder("x", 3, 2);
    GraphTensor a = graph.parameter("a", Initialiser.zeros(), 2);
    GraphTensor b = graph.parameter("b", Initialiser.zeros(), 2);
    GraphTensor y = ops.tanh(ops.addRow(ops.addRow(x, a), b));
    Plan plan = Plan.training(graph, ops.sum(y).named("loss"), List.of("a", "b"));
    plan.set("x", new float[] {1, 2, 3, 4, 5, 6});
    plan.run();
    double[] gradient = plan.gradient("b").data().asDouble();
    plan.gradient("a").assign(-1);
    assertThat(plan.gradient("b").data().asDouble()).containsExactly(gradient);
  }

  @Test
  void aGradientThatIsAnInputHasAnArrayOfItsOwn() {
    GraphTensor x = graph.placeholder("x", 3, 2);
    GraphTensor w = graph.parameter("w", Initialiser.zeros(), 3, 2);
    Plan plan = Plan.training(graph, ops.sum(ops.multiply(x, w)).named("loss"), List.of("w"));
    plan.set("x", new float[] {1, 2, 3, 4, 5, 6});
    plan.run();
    plan.gradient("w").assign(-1);
    plan.run();
    assertThat(plan.gradient("w").data().asDouble()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void aGradientThatIsConstantSurvivesBeingOverwritten() {
    GraphTensor w = graph.parameter("w", Initialiser.zeros(), 3, 2);
    GraphTensor v = graph.parameter("v", Initialiser.zeros(), 3, 2);
    Plan plan =
        Plan.training(
            graph, ops.sum(ops.subtract(w, ops.affine(v, 1, 2))).named("loss"), List.of("w", "v"));
    plan.run();
    plan.gradient("w").assign(5);
    plan.gradient("v").assign(7);
    plan.run();
    assertThat(plan.gradient("w").data().asDouble()).containsOnly(1);
    assertThat(plan.gradient("v").data().asDouble()).containsOnly(-1);
  }
}
