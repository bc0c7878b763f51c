package dev.tessera.engine.fused;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One computation. An instance is a record of whole numbers, which is how graphs store it. */
public interface FusedKernel {
  /** Which record this is. */
  FusedKind kind();

  /** What its kind makes an equal kernel from. */
  default long[] attributes() {
    return new long[0];
  }

  /** Types of the results. */
  List<TensorType> results(List<TensorType> inputs);

  /** Types of memory needed while computing. */
  default List<TensorType> workspaces(List<TensorType> inputs) {
    return List.of();
  }

  /** The input that the one result is equal to, always; −1 for none. */
  default int repeatedInput() {
    return -1;
  }

  /**
   * Whether the one result may lie where one of the inputs does, each element where the input's
   * element was.
   */
  default boolean worksInPlace() {
    return false;
  }

  /**
   * The kernel that computes this and then, from its first result alone, the next one, if there is
   * such a kernel.
   */
  default Optional<FusedKernel> followedBy(FusedKernel next) {
    return Optional.empty();
  }

  /** This kernel in two, where a plan gains by it. */
  default Optional<Division> divided(List<TensorType> inputs) {
    return Optional.empty();
  }

  /**
   * Adds the gradient to the graph; the gradient for each input, null where it is zero.
   *
   * @throws UnsupportedOperationException by kernels that are themselves part of a gradient
   */
  default List<@Nullable Typed> gradients(Derivation node) {
    throw new UnsupportedOperationException(kind() + " has no gradient of its own");
  }

  /** The computation on given memory; running it allocates nothing. */
  Runnable bind(Operands operands);
}
