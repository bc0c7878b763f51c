package dev.tessera.engine.train;

import dev.tessera.engine.graph.HostCopy;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** In ND4J's own products, on every backend: the reference. */
final class PlainNewtonSchulz implements NewtonSchulz {
  private final int rows;
  private final int columns;

  PlainNewtonSchulz(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
  }

  @Override
  public void orthogonalise(float[] matrix, float factor) {
    float[] own = Arrays.copyOf(matrix, rows * columns);
    INDArray x = Nd4j.create(DataType.FLOAT, new long[] {rows, columns}, 'c');
    HostCopy.write(own, x);
    x.muli(factor);
    for (int step = 0; step < STEPS; step++) {
      boolean wide = rows <= columns;
      INDArray gram = wide ? x.mmul(x.transpose()) : x.transpose().mmul(x);
      INDArray polynomial = gram.mul(B).addi(gram.mmul(gram).muli(C));
      INDArray product = wide ? polynomial.mmul(x) : x.mmul(polynomial);
      x = x.mul(A).addi(product);
    }
    HostCopy.read(x.dup('c'), own);
    System.arraycopy(own, 0, matrix, 0, own.length);
  }
}
