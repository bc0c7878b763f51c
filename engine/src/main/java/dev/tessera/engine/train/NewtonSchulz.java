package dev.tessera.engine.train;

import dev.tessera.engine.graph.Execution;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Brings the singular values of matrices of one shape to about one, by {@value #STEPS} steps of X ←
 * a·X + (b·G + c·G²)·X with G = X·Xᵀ. The numbers a, b and c make small singular values grow
 * fastest, at the price that they end up anywhere between 0.65 and 1.25; those below a thousandth
 * of the largest stay smaller (Jordan et al., <i>Muon</i>, 2024).
 */
sealed interface NewtonSchulz permits FusedNewtonSchulz, PlainNewtonSchulz {
  int STEPS = 5;
  float A = 3.4445f;
  float B = -4.7750f;
  float C = 2.0315f;

  /** Makes them, all for one thread. */
  @FunctionalInterface
  interface Maker {
    NewtonSchulz make(int rows, int columns);
  }

  /** Those that compute as a graph does. */
  static Maker maker(Execution execution) {
    if (execution.operations() == Execution.Operations.PLAIN) {
      return PlainNewtonSchulz::new;
    }
    return FusedNewtonSchulz.maker(
        execution.precision() == Execution.Precision.BF16 ? DataType.BFLOAT16 : DataType.FLOAT);
  }

  /**
   * Replaces a matrix.
   *
   * @param matrix [rows, columns], row-major, and perhaps more behind it, which stays
   * @param factor makes its largest singular value at most 1
   */
  void orthogonalise(float[] matrix, float factor);
}
