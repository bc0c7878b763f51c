package dev.tessera.engine.fused;

import dev.tessera.engine.onednn.Tensor;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** The rows of a dense FLOAT or BFLOAT16 matrix as Java arrays of float. */
final class Rows {
  private final int count;
  private final @Nullable FloatBuffer floats;
  private final @Nullable ShortBuffer halves;
  private final short[] half;

  Rows(Tensor matrix) {
    count = Math.toIntExact(matrix.size(0));
    boolean isFloat = matrix.layout().type() == DataType.FLOAT;
    floats = isFloat ? matrix.floats() : null;
    halves = isFloat ? null : matrix.bytes().asShortBuffer();
    half = new short[isFloat ? 0 : Math.toIntExact(matrix.size(1))];
  }

  /** Number of rows. */
  int count() {
    return count;
  }

  /** Copies a row to an array of its width. */
  void get(int row, float[] to) {
    if (floats != null) {
      floats.get(row * to.length, to);
    } else if (halves != null) {
      halves.get(row * to.length, half);
      for (int i = 0; i < to.length; i++) {
        to[i] = Float.intBitsToFloat(half[i] << 16);
      }
    }
  }

  /** Copies an array to a row; BFLOAT16 is rounded to nearest even, as oneDNN does. */
  void put(int row, float[] from) {
    if (floats != null) {
      floats.put(row * from.length, from);
    } else if (halves != null) {
      for (int i = 0; i < from.length; i++) {
        int bits = Float.floatToRawIntBits(from[i]);
        int lastKept = (bits >>> 16) & 1;
        half[i] = (short) ((bits + 0x7fff + lastKept) >>> 16);
      }
      halves.put(row * from.length, half);
    }
  }
}
