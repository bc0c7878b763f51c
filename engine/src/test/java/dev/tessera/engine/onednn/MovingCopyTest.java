package dev.tessera.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class MovingCopyTest {
  /** The transpose of two rows of three, rounded after the factor, at two places. */
  @Test
  void copiesFromAndToWhereEachCallSays() {
    OneDnn dnn = new OneDnn();
    NativeMatrix from = new NativeMatrix(dnn, DataType.FLOAT, 4, 3);
    NativeMatrix to = new NativeMatrix(dnn, DataType.BFLOAT16, 6, 2);
    float[] values = new float[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + i / 256f;
    }
    from.put(0, 0, values, 0, values.length);
    MovingCopy copy =
        new MovingCopy(
            dnn,
            Layout.dense(DataType.FLOAT, 2, 3),
            Layout.strided(DataType.BFLOAT16, new long[] {2, 3}, 1, 2),
            3);
    copy.run(from.address(0), to.address(6));
    copy.run(from.address(6), to.address(0));

    short[] found = new short[12];
    to.as(Layout.dense(DataType.BFLOAT16, 12)).halves().get(found);
    int[] order = {6, 9, 7, 10, 8, 11, 0, 3, 1, 4, 2, 5};
    for (int i = 0; i < order.length; i++) {
      assertThat(found[i]).as("element %d", i).isEqualTo(Bfloat16.round(3 * values[order[i]]));
    }
  }
}
