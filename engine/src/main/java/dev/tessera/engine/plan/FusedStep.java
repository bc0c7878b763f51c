package dev.tessera.engine.plan;

import dev.tessera.engine.fused.FusedKernel;
import dev.tessera.engine.fused.Operands;
import dev.tessera.engine.fused.TensorType;
import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One of our own operations, run directly. Its last outputs are its workspaces. */
final class FusedStep extends Step {
  private final OneDnn dnn;
  private final FusedKernel kernel;
  private final List<TensorType> inputTypes;
  private final int results;

  private FusedStep(
      String name,
      OneDnn dnn,
      FusedKernel kernel,
      List<TensorType> inputTypes,
      List<Value> inputs,
      List<Value> outputs,
      int results) {
    super(name, inputs, outputs);
    this.dnn = dnn;
    this.kernel = kernel;
    this.inputTypes = inputTypes;
    this.results = results;
  }

  /**
   * A step whose workspaces are still to be made.
   *
   * @param inputTypes as the kernel sees the inputs, which may have another shape in the graph
   */
  static FusedStep of(
      String name,
      OneDnn dnn,
      FusedKernel kernel,
      List<TensorType> inputTypes,
      List<Value> inputs,
      List<Value> results) {
    List<Value> outputs = new ArrayList<>(results);
    for (TensorType type : kernel.workspaces(inputTypes)) {
      outputs.add(new Value(name + " workspace", type.type(), type.shape()));
    }
    return new FusedStep(name, dnn, kernel, inputTypes, inputs, outputs, results.size());
  }

  /**
   * One step for this one and the next, which alone reads its first result, if a kernel does both.
   */
  Optional<FusedStep> followedBy(FusedStep next) {
    return kernel
        .followedBy(next.kernel)
        .map(
            both -> {
              List<Value> merged = new ArrayList<>(outputs);
              merged.set(0, next.outputs.get(0));
              return new FusedStep(next.name, dnn, both, inputTypes, inputs, merged, results);
            });
  }

  /** What decides the result besides the inputs' numbers. */
  List<Object> identity() {
    List<Object> identity = new ArrayList<>(List.of(kernel));
    for (TensorType type : inputTypes) {
      identity.add(type.type());
      identity.add(Arrays.toString(type.shape()));
    }
    return List.copyOf(identity);
  }

  @Override
  String kind() {
    return kernel.kind().name().toLowerCase(Locale.ROOT);
  }

  @Override
  boolean worksInPlace() {
    return kernel.worksInPlace();
  }

  @Override
  Runnable code() {
    List<TensorType> outputTypes = new ArrayList<>(kernel.results(inputTypes));
    outputTypes.addAll(kernel.workspaces(inputTypes));
    List<Tensor> in = tensors(inputs, inputTypes);
    List<Tensor> out = tensors(outputs, outputTypes);
    return kernel.bind(
        new Operands(dnn, in, out.subList(0, results), out.subList(results, out.size())));
  }

  private static List<Tensor> tensors(List<Value> values, List<TensorType> types) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Value value = values.get(i);
      TensorType type = types.get(i);
      if (value.length() != type.length() || value.type != type.type()) {
        throw new IllegalStateException(
            String.format(
                "%s holds %d numbers of %s, but %d of %s are expected",
                value.name, value.length(), value.type, type.length(), type.type()));
      }
      tensors.add(
          new Tensor(
              Layout.dense(type.type(), type.shape()),
              value.bind().data().addressPointer().address()));
    }
    return tensors;
  }
}
