package dev.tessera.engine.train;

import dev.tessera.engine.graph.HostCopy;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** In ND4J's own products, on every backend: the reference. Not thread-safe. */
final class PlainNewtonSchulz implements NewtonSchulz {
  private final boolean wide;
  private final INDArray x;
  private final INDArray product;
  private final INDArray gram;
  private final INDArray polynomial;

  PlainNewtonSchulz(int rows, int columns) {
    wide = rows <= columns;
    int shorter = Math.min(rows, columns);
    x = zeros(rows, columns);
    product = zeros(rows, columns);
    gram = zeros(shorter, shorter);
    polynomial = zeros(shorter, shorter);
  }

  private static INDArray zeros(int rows, int columns) {
    return Nd4j.create(DataType.FLOAT, new long[] {rows, columns}, 'c');
  }

  @Override
  public void orthogonalise(float[] matrix, float factor) {
    HostCopy.write(matrix, 0, x);
    x.muli(factor);
    for (int step = 0; step < STEPS; step++) {
      if (wide) {
        x.mmuli(x.transpose(), gram);
      } else {
        x.transpose().mmuli(x, gram);
      }
      gram.mmuli(gram, polynomial);
      polynomial.muli(C).addi(gram.muli(B));
      if (wide) {
        polynomial.mmuli(x, product);
      } else {
        x.mmuli(polynomial, product);
      }
      x.muli(A).addi(product);
    }
    HostCopy.read(x, matrix, 0);
  }
}
