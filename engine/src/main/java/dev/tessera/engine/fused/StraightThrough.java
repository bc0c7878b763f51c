package dev.tessera.engine.fused;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From an input and a value: the value, with the gradient going to the input. */
record StraightThrough() implements FusedKernel {
  @Override
  public FusedKind kind() {
    return FusedKind.STRAIGHT_THROUGH;
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(inputs.get(1));
  }

  @Override
  public int repeatedInput() {
    return 1;
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    return Arrays.asList(node.upstream(node.input(0).type().type()), null);
  }

  @Override
  public Runnable bind(Operands operands) {
    throw new UnsupportedOperationException("another name for an input is not computed");
  }
}
