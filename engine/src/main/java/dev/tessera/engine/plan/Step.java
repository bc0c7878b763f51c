package dev.tessera.engine.plan;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/** One operation of a plan with its operands. */
final class Step {
  final String name;
  final DifferentialFunction operation;
  final List<Value> inputs;
  final List<Value> outputs;

  private Runnable code =
      () -> {
        throw new IllegalStateException("step " + name() + " is not bound");
      };
  private long nanoseconds;

  Step(String name, DifferentialFunction operation, List<Value> inputs, List<Value> outputs) {
    this.name = name;
    this.operation = operation;
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
  }

  private String name() {
    return name;
  }

  String kind() {
    return operation.opName();
  }

  /** Ties the operation to the final arrays of its operands. */
  void bind() {
    OpContext context = OperationContexts.of(operation, inputs.stream().map(Value::bind).toList());
    for (int i = 0; i < outputs.size(); i++) {
      context.setOutputArray(i, outputs.get(i).bind());
    }
    code =
        operation instanceof CustomOp custom
            ? () -> Nd4j.getExecutioner().exec(custom, context)
            : () -> Nd4j.getExecutioner().exec((Op) operation, context);
  }

  void run() {
    code.run();
  }

  void runTimed() {
    long start = System.nanoTime();
    code.run();
    nanoseconds += System.nanoTime() - start;
  }

  long nanoseconds() {
    return nanoseconds;
  }
}
