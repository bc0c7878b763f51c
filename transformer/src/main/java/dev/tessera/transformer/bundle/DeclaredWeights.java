package dev.tessera.transformer.bundle;

import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.TensorMap;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Weights against the one place that says which a model has: the graph that its configuration
 * builds. There is no second list of names and shapes that could disagree with it.
 */
final class DeclaredWeights {
  private DeclaredWeights() {}

  /**
   * The parameters of a model.
   *
   * @param model what to call it in errors
   * @param definition adds the model to a graph
   * @throws IllegalArgumentException if a tensor is missing, misshaped or not declared
   */
  static ParameterStore parameters(
      String model, TensorMap weights, Consumer<ModelGraph> definition) {
    ParameterStore store = new ParameterStore(weights);
    try {
      definition.accept(new ModelGraph(store, DataType.FLOAT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(model + " weights: " + e.getMessage(), e);
    }
    for (String name : weights.names()) {
      if (!store.names().contains(name)) {
        throw new IllegalArgumentException(
            "%s weights: tensor \"%s\" is there, but the model declares none of that name"
                .formatted(model, name));
      }
    }
    return store;
  }
}
