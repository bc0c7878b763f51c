package dev.tessera.engine.plan;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/** Makes the argument lists that ND4J executes operations with, for both of its kinds of them. */
final class OperationContexts {
  private OperationContexts() {}

  /** The context of one operation, complete but for its outputs. */
  static OpContext of(DifferentialFunction operation, List<INDArray> inputs) {
    OpContext context = Nd4j.getExecutioner().buildContext();
    if (operation instanceof DynamicCustomOp custom) {
      context.setArgs(
          inputs.toArray(INDArray[]::new),
          custom.iArgs(),
          custom.dArgs(),
          custom.tArgs(),
          custom.bArgs());
      return context;
    }
    // A legacy operation keeps axes and scalars in itself rather than among its inputs.
    boolean secondIsAxes =
        operation instanceof ReduceOp reduce
            && reduce.getOpType() != Op.Type.REDUCE3
            && inputs.size() == 2;
    if (secondIsAxes) {
      operation.setDimensions(
          Shape.normalizeAxis(inputs.get(0).rank(), inputs.get(1).toIntVector()));
      ((BaseReduceOp) operation).setEmptyReduce(false);
    } else if (operation instanceof ScalarOp scalar && inputs.size() == 2) {
      scalar.setScalar(inputs.get(1));
    }
    context.setInputArray(0, inputs.get(0));
    if (inputs.size() == 2 && !secondIsAxes) {
      context.setInputArray(1, inputs.get(1));
    }
    return context;
  }

  /** The shapes of the outputs, from those of the inputs. */
  static List<LongShapeDescriptor> outputShapes(DifferentialFunction operation, OpContext context) {
    return operation instanceof DynamicCustomOp custom
        ? custom.calculateOutputShape(context)
        : ((BaseOp) operation).calculateOutputShape(context);
  }
}
