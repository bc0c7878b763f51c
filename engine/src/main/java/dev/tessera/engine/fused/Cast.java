package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** The same numbers, rounded to nearest even in another type. */
record Cast(DataType type) implements FusedKernel {
  static Cast decode(long[] attributes) {
    return new Cast(EnumCode.decode(DataType.class, attributes[0]));
  }

  @Override
  public FusedKind kind() {
    return FusedKind.CAST;
  }

  @Override
  public long[] attributes() {
    return new long[] {EnumCode.of(type)};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(inputs.get(0).with(type));
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    return List.of(node.upstream(node.input(0).type().type()));
  }

  @Override
  public Runnable bind(Operands operands) {
    return operands
        .dnn()
        .reorder(operands.input(0).layout(), operands.result(0).layout())
        .with(DNNL_ARG_SRC, operands.input(0))
        .and(DNNL_ARG_DST, operands.result(0))
        .call();
  }
}
