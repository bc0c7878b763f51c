package dev.tessera.engine.fused;

import java.util.Arrays;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** Finds the kernel that does what one of SameDiff's own element-wise operations does. */
public final class Elementary {
  private Elementary() {}

  /**
   * The kernel for an operation on two tensors, if there is one.
   *
   * @param operation SameDiff's name
   * @param result type and shape of the result
   */
  public static Optional<FusedKernel> kernel(
      String operation, TensorType a, TensorType b, TensorType result) {
    boolean alike =
        Arrays.equals(a.shape(), result.shape()) && Arrays.equals(b.shape(), result.shape());
    if (!alike
        || !isFloating(a)
        || !isFloating(b)
        || !isFloating(result)
        || result.shape().length == 0) {
      return Optional.empty();
    }
    return switch (operation) {
      case "add" -> Optional.of(new Binary(Binary.Function.ADD, result.type()));
      case "subtract" -> Optional.of(new Binary(Binary.Function.SUBTRACT, result.type()));
      case "multiply" -> Optional.of(new Binary(Binary.Function.MULTIPLY, result.type()));
      default -> Optional.empty();
    };
  }

  private static boolean isFloating(TensorType type) {
    return type.type() == DataType.FLOAT || type.type() == DataType.BFLOAT16;
  }
}
