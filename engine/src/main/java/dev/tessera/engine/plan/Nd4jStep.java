package dev.tessera.engine.plan;

import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.factory.Nd4j;

/** One of ND4J's own operations, run by its executioner. */
final class Nd4jStep extends Step {
  /** Custom operations whose output element depends on the input element at its place alone. */
  private static final Set<String> ELEMENT_WISE = Set.of("add", "subtract", "multiply");

  private final DifferentialFunction operation;

  Nd4jStep(String name, DifferentialFunction operation, List<Value> inputs, List<Value> outputs) {
    super(name, inputs, outputs);
    this.operation = operation;
  }

  @Override
  String kind() {
    return operation.opName();
  }

  @Override
  boolean worksInPlace() {
    return ELEMENT_WISE.contains(kind())
        || operation instanceof ScalarOp
        || operation instanceof TransformOp;
  }

  @Override
  Runnable code() {
    OpContext context = OperationContexts.of(operation, inputs.stream().map(Value::bind).toList());
    for (int i = 0; i < outputs.size(); i++) {
      context.setOutputArray(i, outputs.get(i).bind());
    }
    return operation instanceof CustomOp custom
        ? () -> Nd4j.getExecutioner().exec(custom, context)
        : () -> Nd4j.getExecutioner().exec((Op) operation, context);
  }
}
