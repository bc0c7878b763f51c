package dev.tessera.engine.fused;

import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A node whose gradient is wanted.
 *
 * @param graph where to add nodes
 * @param inputs of the node
 * @param results of the node
 * @param upstream gradients of the loss for the results, in any floating type
 */
record Derivation(SameDiff graph, List<Typed> inputs, List<Typed> results, List<Typed> upstream) {
  Typed input(int index) {
    return inputs.get(index);
  }

  Typed result(int index) {
    return results.get(index);
  }

  /** The gradient for the first result in a given type. */
  Typed upstream(DataType type) {
    return cast(upstream.get(0), type);
  }

  /** The same numbers in another type. */
  Typed cast(Typed value, DataType type) {
    return value.type().type() == type ? value : add(new Cast(type), value).get(0);
  }

  /** Adds a node. */
  List<Typed> add(FusedKernel kernel, Typed... from) {
    return FusedOperation.add(graph, kernel, from);
  }

  /** Adds a node with one result. */
  Typed one(FusedKernel kernel, Typed... from) {
    return add(kernel, from).get(0);
  }
}
