package dev.tessera.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tessera.engine.onednn.OneDnn.Fusion;
import dev.tessera.engine.onednn.PairedMatrices.Blocks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

class PairedMatricesTest {
  private static final int COUNT = 3;
  private static final int LEFT_ROWS = 4;
  private static final float FACTOR = 0.5f;

  /** Small whole numbers, so that nothing is rounded; sizes that fill blocks and that do not. */
  @ParameterizedTest
  @CsvSource({"64, 96, OF_16", "64, 96, OF_32", "32, 32, OF_16", "40, 20, OF_32", "33, 48, OF_16"})
  void elementsAreWhereProductsReadThem(int rows, int columns, Blocks blocks) {
    assumeThat(OneDnn.takesBfloat16()).isTrue();
    OneDnn dnn = new OneDnn();
    int size = blocks.size(rows) * ((columns + blocks.width() - 1) / blocks.width());
    NativeMatrix left = new NativeMatrix(dnn, DataType.BFLOAT16, COUNT * LEFT_ROWS, rows);
    NativeMatrix right = new NativeMatrix(dnn, DataType.BFLOAT16, COUNT, size);
    NativeMatrix found = new NativeMatrix(dnn, DataType.FLOAT, COUNT * LEFT_ROWS, columns);
    for (int matrix = 0; matrix < COUNT; matrix++) {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < LEFT_ROWS; i++) {
          left.put((matrix * LEFT_ROWS + i) * (long) rows + row, half(a(matrix, i, row)));
        }
        for (int column = 0; column < columns; column++) {
          int block = matrix * size + column / blocks.width() * blocks.size(rows);
          right.put(block + blocks.row(row) + blocks.column(column), half(b(matrix, row, column)));
        }
      }
    }

    PairedMatrices matrices = new PairedMatrices(COUNT, rows, columns, blocks);
    Place place = new Place(matrices);
    place.move(right.address(0));
    Tensor a = left.as(Layout.dense(DataType.BFLOAT16, COUNT, LEFT_ROWS, rows));
    Tensor c = found.as(Layout.dense(DataType.FLOAT, COUNT, LEFT_ROWS, columns));
    dnn.matmul(a.layout(), matrices, c.layout(), new Fusion(FACTOR, null, 0))
        .productCall(a, place, c)
        .run();

    float[] products = new float[COUNT * LEFT_ROWS * columns];
    found.get(0, 0, products, 0, products.length);
    int at = 0;
    for (int matrix = 0; matrix < COUNT; matrix++) {
      for (int i = 0; i < LEFT_ROWS; i++) {
        for (int column = 0; column < columns; column++) {
          int sum = 0;
          for (int row = 0; row < rows; row++) {
            sum += a(matrix, i, row) * b(matrix, row, column);
          }
          assertThat(products[at++])
              .as("matrix %d, row %d, column %d", matrix, i, column)
              .isEqualTo(FACTOR * sum);
        }
      }
    }
  }

  private static int a(int matrix, int i, int row) {
    return (7 * matrix + 3 * i + 5 * row) % 9 - 4;
  }

  private static int b(int matrix, int row, int column) {
    return (matrix + 11 * row + 13 * column) % 17 - 8;
  }

  private static short half(int number) {
    return Bfloat16.round(number);
  }
}
