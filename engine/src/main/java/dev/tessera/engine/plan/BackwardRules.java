package dev.tessera.engine.plan;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;

/**
 * Takes apart those backward operations of ND4J that always compute the gradients of both operands,
 * so that the half which nobody needs (that of a constant, say) is never computed.
 */
final class BackwardRules {
  /** What the parts are reported to. */
  interface Sink {
    /** {@code output} is another name for {@code value}. */
    void alias(Value output, Value value);

    /** {@code output} is the result of an operation. */
    void step(DifferentialFunction operation, List<Value> inputs, Value output);
  }

  private BackwardRules() {}

  /** Whether the operation was taken apart. */
  static boolean apply(
      DifferentialFunction operation, List<Value> inputs, List<Value> outputs, Sink sink) {
    String kind = operation.opName();
    if (inputs.size() != 3 || outputs.size() != 2) {
      return false;
    }
    Value a = inputs.get(0);
    Value b = inputs.get(1);
    Value upstream = inputs.get(2);
    Value da = outputs.get(0);
    Value db = outputs.get(1);
    if (kind.equals("matmul_bp")) {
      return product((DynamicCustomOp) operation, a, b, upstream, da, db, sink);
    }
    if (!sameShape(a, upstream) || !sameShape(b, upstream)) {
      return false;
    }
    switch (kind) {
      case "add_bp" -> {
        sink.alias(da, upstream);
        sink.alias(db, upstream);
      }
      case "subtract_bp" -> {
        sink.alias(da, upstream);
        sink.step(new Negative(), List.of(upstream), db);
      }
      case "multiply_bp" -> {
        sink.step(custom("multiply"), List.of(upstream, b), da);
        sink.step(custom("multiply"), List.of(upstream, a), db);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** c = a·b or a·bᵀ. */
  private static boolean product(
      DynamicCustomOp operation, Value a, Value b, Value dc, Value da, Value db, Sink sink) {
    long[] transposed = operation.iArgs();
    // The gradient of a loss of shape [1, 1] arrives as a scalar, which only matmul_bp accepts.
    if (flag(transposed, 0) || flag(transposed, 2) || dc.shape.length < 2) {
      return false;
    }
    boolean secondTransposed = flag(transposed, 1);
    sink.step(matmul(false, !secondTransposed), List.of(dc, b), da);
    sink.step(matmul(true, false), secondTransposed ? List.of(dc, a) : List.of(a, dc), db);
    return true;
  }

  private static boolean flag(long[] arguments, int index) {
    return arguments.length > index && arguments[index] != 0;
  }

  private static DynamicCustomOp matmul(boolean firstTransposed, boolean secondTransposed) {
    return DynamicCustomOp.builder("matmul")
        .addIntegerArguments(firstTransposed ? 1 : 0, secondTransposed ? 1 : 0, 0)
        .build();
  }

  private static DynamicCustomOp custom(String name) {
    return DynamicCustomOp.builder(name).build();
  }

  private static boolean sameShape(Value a, Value b) {
    return Arrays.equals(a.shape, b.shape);
  }
}
