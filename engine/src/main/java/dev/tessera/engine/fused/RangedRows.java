package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;

/**
 * Rows sorted by their range of columns, so that each range is one dense product. How many rows a
 * range has is fixed; which they are is looked up at each run.
 */
final class RangedRows {
  /** Numbers per range in the attributes. */
  private static final int FIELDS = 3;

  private final OneDnn dnn;
  private final long[] ranges;
  private final Tensor weight;
  private final IntBuffer targets;
  private final IntBuffer rangeOfRow;

  /** Where each row stands among the sorted ones. */
  private final int[] place;

  private final int[] next;

  /**
   * @param operands with x, W, targets and ranges of the rows as the first inputs
   */
  RangedRows(long[] ranges, Operands operands) {
    this.dnn = operands.dnn();
    this.ranges = ranges;
    this.weight = operands.input(1);
    this.targets = operands.input(2).ints();
    this.rangeOfRow = operands.input(3).ints();
    this.place = new int[rangeOfRow.capacity()];
    this.next = new int[ranges.length / FIELDS];
  }

  /** Elements of the probabilities of all rows. */
  static long probabilities(long[] ranges) {
    long length = 0;
    for (int i = 0; i < ranges.length; i += FIELDS) {
      length += (ranges[i + 1] - ranges[i]) * ranges[i + 2];
    }
    return length;
  }

  private int count() {
    return ranges.length / FIELDS;
  }

  private int first(int range) {
    return (int) ranges[range * FIELDS];
  }

  private int width(int range) {
    return (int) (ranges[range * FIELDS + 1] - ranges[range * FIELDS]);
  }

  private int rows(int range) {
    return (int) ranges[range * FIELDS + 2];
  }

  /** Rows of the ranges before this one. */
  private int rowsBefore(int range) {
    int rows = 0;
    for (int i = 0; i < range; i++) {
      rows += rows(i);
    }
    return rows;
  }

  /** Probabilities of the ranges before this one. */
  private int probabilitiesBefore(int range) {
    int length = 0;
    for (int i = 0; i < range; i++) {
      length += rows(i) * width(i);
    }
    return length;
  }

  /** Finds each row's place. */
  void sort() {
    for (int range = 0; range < next.length; range++) {
      next[range] = rowsBefore(range);
    }
    for (int row = 0; row < place.length; row++) {
      int range = rangeOfRow.get(row);
      place[row] = next[range]++;
    }
    for (int range = 0; range < next.length; range++) {
      if (next[range] != rowsBefore(range) + rows(range)) {
        throw new IllegalArgumentException(
            String.format(
                "%d rows have range %d, but the graph was made for %d",
                next[range] - rowsBefore(range), range, rows(range)));
      }
    }
  }

  /** Copies rows to their places. */
  Runnable gather(Tensor from, Tensor to) {
    ByteBuffer source = from.bytes();
    ByteBuffer target = to.bytes();
    byte[] row = new byte[source.capacity() / place.length];
    return () -> {
      for (int i = 0; i < place.length; i++) {
        source.get(i * row.length, row);
        target.put(place[i] * row.length, row);
      }
    };
  }

  /** Copies rows back from their places. */
  Runnable scatter(Tensor from, Tensor to) {
    ByteBuffer source = from.bytes();
    ByteBuffer target = to.bytes();
    byte[] row = new byte[source.capacity() / place.length];
    return () -> {
      for (int i = 0; i < place.length; i++) {
        source.get(place[i] * row.length, row);
        target.put(i * row.length, row);
      }
    };
  }

  /** The sorted rows of a range in [N, D]. */
  private Tensor part(Tensor sorted, int range) {
    long width = sorted.size(1);
    return sorted.at(
        rowsBefore(range) * width, Layout.dense(sorted.layout().type(), rows(range), width));
  }

  /** A range's matrix [rows, columns] in memory as long as all probabilities. */
  private Tensor matrix(Tensor flat, int range) {
    return flat.at(
        probabilitiesBefore(range), Layout.dense(flat.layout().type(), rows(range), width(range)));
  }

  /** A range's columns of [D, V]. */
  private Tensor columns(Tensor wide, int range) {
    long all = wide.size(1);
    return wide.at(
        first(range),
        Layout.strided(wide.layout().type(), new long[] {wide.size(0), width(range)}, all, 1));
  }

  Runnable logProbabilities(Tensor sorted, Tensor flat) {
    List<Runnable> calls = new ArrayList<>();
    for (int range = 0; range < count(); range++) {
      if (rows(range) > 0) {
        Tensor logits = matrix(flat, range);
        calls.add(product(part(sorted, range), columns(weight, range), logits));
        calls.add(
            dnn.softmax(true, logits.layout(), logits.layout())
                .with(DNNL_ARG_SRC, logits)
                .and(DNNL_ARG_DST, logits)
                .call());
      }
    }
    return inOrder(calls);
  }

  /** −log p of each row's target; 0 where the target is in no range. */
  Runnable losses(Tensor logProbabilities, Tensor losses) {
    FloatBuffer from = logProbabilities.floats();
    FloatBuffer to = losses.floats();
    return () -> {
      for (int row = 0; row < place.length; row++) {
        int target = target(row);
        to.put(row, target < 0 ? 0 : -from.get(start(row) + target));
      }
    };
  }

  /** Where the probabilities of a row start. */
  private int start(int row) {
    int range = rangeOfRow.get(row);
    return probabilitiesBefore(range) + (place[row] - rowsBefore(range)) * width(range);
  }

  /** Column of a row's target within its range, or −1 if it is not in there. */
  private int target(int row) {
    int range = rangeOfRow.get(row);
    int column = targets.get(row) - first(range);
    return column < width(range) ? Math.max(column, -1) : -1;
  }

  /** (p − [target]) · dLoss for each row. */
  Runnable logitGradients(Tensor logProbabilities, Tensor dLosses, Tensor wide, Tensor narrow) {
    Runnable exponential =
        dnn.elementwise(algorithm.eltwise_exp, 0, 0, logProbabilities.layout(), wide.layout())
            .with(DNNL_ARG_SRC, logProbabilities)
            .and(DNNL_ARG_DST, wide)
            .call();
    FloatBuffer upstream = dLosses.floats();
    FloatBuffer probabilities = wide.floats();
    float[] row = new float[widest()];
    Runnable copy =
        dnn.reorder(wide.layout(), narrow.layout())
            .with(DNNL_ARG_SRC, wide)
            .and(DNNL_ARG_DST, narrow)
            .call();
    return () -> {
      exponential.run();
      for (int i = 0; i < place.length; i++) {
        int start = start(i);
        int width = width(rangeOfRow.get(i));
        probabilities.get(start, row, 0, width);
        int target = target(i);
        if (target >= 0) {
          row[target] -= 1;
        }
        multiply(row, width, upstream.get(i));
        probabilities.put(start, row, 0, width);
      }
      copy.run();
    };
  }

  private static void multiply(float[] row, int width, float factor) {
    for (int i = 0; i < width; i++) {
      row[i] *= factor;
    }
  }

  private int widest() {
    int widest = 0;
    for (int range = 0; range < count(); range++) {
      widest = Math.max(widest, width(range));
    }
    return widest;
  }

  /** dx of the sorted rows, and dW, from the sorted rows and the logits' gradient. */
  Runnable gradients(Tensor sorted, Tensor dLogits, Tensor dSorted, Tensor dWeight) {
    List<Runnable> calls = new ArrayList<>();
    FloatBuffer all = dWeight.floats();
    float[] zeros = new float[Math.toIntExact(dWeight.size(1))];
    calls.add(
        () -> {
          Arrays.fill(zeros, 0);
          for (int start = 0; start < all.capacity(); start += zeros.length) {
            all.put(start, zeros);
          }
        });
    for (int range = 0; range < count(); range++) {
      if (rows(range) > 0) {
        Tensor own = matrix(dLogits, range);
        Tensor w = columns(weight, range);
        Tensor x = part(sorted, range);
        calls.add(product(own, transposed(w), part(dSorted, range)));
        calls.add(product(transposed(x), own, columns(dWeight, range)));
      }
    }
    return inOrder(calls);
  }

  private static Tensor transposed(Tensor matrix) {
    return matrix.as(matrix.layout().transposed(0, 1));
  }

  private Runnable product(Tensor a, Tensor b, Tensor c) {
    return dnn.matmul(a.layout(), b.layout(), null, c.layout(), OneDnn.Fusion.NONE)
        .with(DNNL_ARG_SRC, a)
        .and(DNNL_ARG_WEIGHTS, b)
        .and(DNNL_ARG_DST, c)
        .call();
  }

  private static Runnable inOrder(List<Runnable> calls) {
    Runnable[] all = calls.toArray(Runnable[]::new);
    return () -> {
      for (Runnable call : all) {
        call.run();
      }
    };
  }
}
