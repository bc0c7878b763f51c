package dev.tessera.engine.train;

import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.OneDnn.Fusion;
import dev.tessera.engine.onednn.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * In oneDNN's products, which add what they do not multiply. The polynomial is one of the smaller
 * of the two Gram matrices. Not thread-safe.
 */
final class FusedNewtonSchulz implements NewtonSchulz {
  private final int rows;
  private final int columns;
  private final float[] row;
  private final NativeMatrix outside;
  private final List<Runnable> calls = new ArrayList<>();

  // What calls use lies here.
  private final OneDnn dnn;
  private final List<NativeMatrix> matrices = new ArrayList<>();

  /**
   * @param type of what is multiplied
   */
  static Maker maker(DataType type) {
    OneDnn dnn = new OneDnn();
    return (rows, columns) -> new FusedNewtonSchulz(dnn, type, rows, columns);
  }

  FusedNewtonSchulz(OneDnn dnn, DataType type, int rows, int columns) {
    this.dnn = dnn;
    this.rows = rows;
    this.columns = columns;
    this.row = new float[columns];
    outside = new NativeMatrix(dnn, DataType.FLOAT, rows, columns);
    boolean wide = rows <= columns;
    int shorter = Math.min(rows, columns);
    Tensor x = matrix(type, rows, columns);
    Tensor next = matrix(type, rows, columns);
    Tensor gram = matrix(type, shorter, shorter);
    Tensor polynomial = matrix(type, shorter, shorter);
    Tensor given = outside.rows(0, rows);
    copy(given, x);
    for (int step = 0; step < STEPS; step++) {
      Tensor transposed = x.as(x.layout().transposed(0, 1));
      if (wide) {
        product(x, transposed, gram, Fusion.NONE);
      } else {
        product(transposed, x, gram, Fusion.NONE);
      }
      copy(gram, polynomial);
      product(gram, gram, polynomial, new Fusion(C, null, B));
      copy(x, next);
      Fusion sum = new Fusion(1, null, A);
      if (wide) {
        product(polynomial, x, next, sum);
      } else {
        product(x, polynomial, next, sum);
      }
      Tensor last = x;
      x = next;
      next = last;
    }
    copy(x, given);
  }

  private Tensor matrix(DataType type, int rows, int columns) {
    NativeMatrix made = new NativeMatrix(dnn, type, rows, columns);
    matrices.add(made);
    return made.rows(0, rows);
  }

  private void copy(Tensor from, Tensor to) {
    calls.add(dnn.reorder(from.layout(), to.layout()).call(from, to));
  }

  private void product(Tensor a, Tensor b, Tensor c, Fusion fusion) {
    calls.add(dnn.matmul(a.layout(), b.layout(), null, c.layout(), fusion).productCall(a, b, c));
  }

  @Override
  public void orthogonalise(float[] matrix, float factor) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        row[j] = matrix[i * columns + j] * factor;
      }
      outside.put(i, 0, row, 0, columns);
    }
    calls.forEach(Runnable::run);
    outside.get(0, 0, matrix, 0, rows * columns);
  }
}
