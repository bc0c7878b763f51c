package dev.tessera.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class ParameterStoreTest {
  private final ParameterStore store = new ParameterStore(3, DataType.FLOAT);

  private ModelGraph graph() {
    return new ModelGraph(store, DataType.FLOAT);
  }

  private static TensorMap tensors(String name, Tensor tensor) {
    TensorMap tensors = new TensorMap();
    tensors.put(name, tensor);
    return tensors;
  }

  @Test
  void graphsShareAParameter() {
    ModelGraph first = graph();
    ModelGraph second = graph();
    first.parameter("w", Initialiser.normal(1), 2, 3);
    GraphTensor again = second.parameter("w", Initialiser.zeros(), 2, 3);
    Plan plan = Plan.forward(second, second.ops().affine(again, 2, 0).named("y"));
    store.load(tensors("w", new Tensor(new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6})));
    plan.run();
    assertThat(plan.floats("y")).containsExactly(2, 4, 6, 8, 10, 12);
    assertThat(store.names()).containsExactly("w");
    assertThat(store.length()).isEqualTo(6);
    assertThat(first.parameters()).containsExactly("w");
  }

  @Test
  void firstValuesDependOnSeedAndNameAlone() {
    graph().parameter("a", Initialiser.normal(1), 4);
    graph().parameter("b", Initialiser.normal(1), 4);
    ParameterStore other = new ParameterStore(3, DataType.FLOAT);
    ModelGraph reversed = new ModelGraph(other, DataType.FLOAT);
    reversed.parameter("b", Initialiser.normal(1), 4);
    reversed.parameter("a", Initialiser.normal(1), 4);
    assertThat(other.toTensors().get("a")).isEqualTo(store.toTensors().get("a"));
    assertThat(other.toTensors().get("b")).isEqualTo(store.toTensors().get("b"));
    assertThat(store.toTensors().get("a")).isNotEqualTo(store.toTensors().get("b"));
    ParameterStore otherSeed = new ParameterStore(4, DataType.FLOAT);
    new ModelGraph(otherSeed, DataType.FLOAT).parameter("a", Initialiser.normal(1), 4);
    assertThat(otherSeed.toTensors().get("a")).isNotEqualTo(store.toTensors().get("a"));
  }

  @Test
  void initialisersHaveTheSpreadTheyPromise() {
    graph().parameter("he", Initialiser.he(50), 100, 100);
    graph().parameter("ones", Initialiser.ones(), 5);
    graph().parameter("zeros", Initialiser.zeros(), 5);
    double squares = 0;
    for (float value : store.toTensors().get("he").data()) {
      squares += value * value;
    }
    assertThat(squares / 10_000).isBetween(0.04 * 0.95, 0.04 * 1.05);
    assertThat(store.toTensors().get("ones").data()).containsOnly(1);
    assertThat(store.toTensors().get("zeros").data()).containsOnly(0);
  }

  @Test
  void anotherShapeForAKnownNameIsRefused() {
    graph().parameter("w", Initialiser.zeros(), 2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph().parameter("w", Initialiser.zeros(), 3, 2))
        .withMessageContainingAll("w", "[2, 3]", "[3, 2]");
  }

  @Test
  void trainedWeightsAreUsedAndNeverDrawn() {
    Tensor trained = new Tensor(new long[] {2}, new float[] {8, 9});
    ParameterStore loaded = new ParameterStore(tensors("w", trained));
    new ModelGraph(loaded, DataType.FLOAT).parameter("w", Initialiser.normal(1), 2);
    assertThat(loaded.toTensors().get("w")).isEqualTo(trained);
  }

  @Test
  void trainedWeightsThatAreMissingOrMisshapenAreRefused() {
    ParameterStore loaded =
        new ParameterStore(tensors("w", new Tensor(new long[] {2}, new float[] {8, 9})));
    ModelGraph graph = new ModelGraph(loaded, DataType.FLOAT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.parameter("v", Initialiser.zeros(), 2))
        .withMessageContaining("\"v\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.parameter("w", Initialiser.zeros(), 3))
        .withMessageContainingAll("\"w\"", "[2]", "[3]");
  }

  @Test
  void loadingRefusesMissingAndMisshapenTensors() {
    graph().parameter("w", Initialiser.zeros(), 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.load(new TensorMap()))
        .withMessageContaining("\"w\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.load(tensors("w", new Tensor(new long[] {1}, new float[] {1}))))
        .withMessageContainingAll("[1]", "[2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.array("nothing"))
        .withMessageContaining("nothing");
  }

  @Test
  void allParametersLieInOneMemory() {
    graph().parameter("a", Initialiser.normal(1), 3, 5);
    graph().parameter("b", Initialiser.normal(1), 100_000);
    graph().parameter("c", Initialiser.normal(1), 2);
    assertThat(store.offset("a")).isZero();
    for (String name : store.names()) {
      float[] values = new float[(int) store.array(name).length()];
      store.memory().read(store.offset(name), values, 0, values.length);
      assertThat(values).isEqualTo(store.toTensors().get(name).data());
      store.array(name).assign(7);
      store.memory().read(store.offset(name), values, 0, values.length);
      assertThat(values).containsOnly(7);
    }
    ParameterStore loaded = new ParameterStore(store.toTensors());
    ModelGraph graph = new ModelGraph(loaded, DataType.FLOAT);
    graph.parameter("c", Initialiser.zeros(), 2);
    graph.parameter("b", Initialiser.zeros(), 100_000);
    graph.parameter("a", Initialiser.zeros(), 3, 5);
    float[] all = new float[(int) loaded.memory().extent()];
    loaded.memory().read(0, all, 0, all.length);
    for (String name : loaded.names()) {
      assertThat(all[(int) loaded.offset(name)]).isEqualTo(7);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.offset("nothing"))
        .withMessageContaining("nothing");
  }

  @Test
  void aStateIsNoParameter() {
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    graph.parameter("w", Initialiser.ones(), 2);
    GraphTensor state = graph.state("s", Initialiser.ones(), 3);
    assertThat(graph.state("s", Initialiser.ones(), 3)).isSameAs(state);
    assertThat(graph.parameters()).containsExactly("w");
    assertThat(graph.states()).containsExactly("s");
    assertThat(store.names()).containsExactly("w", "s");
    assertThat(store.trainable()).containsExactly("w");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.state("w", Initialiser.ones(), 2))
        .withMessageContaining("w");
  }
}
