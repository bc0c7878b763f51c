package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.fused.AttentionBlocks.Block;
import dev.tessera.engine.fused.AttentionBlocks.Run;
import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.OneDnn.Fusion;
import dev.tessera.engine.onednn.Primitive;
import dev.tessera.engine.onednn.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Writes down the products of attention, one sequence and one block of queries after another, all
 * heads at once. Matrices of one head are seen as [heads, rows, columns].
 */
final class AttentionCalls {
  private static final float MASKED = -1e9f;

  private final OneDnn dnn;
  private final AttentionMask mask;
  private final int heads;
  private final long headWidth;
  private final List<Runnable> calls = new ArrayList<>();

  AttentionCalls(OneDnn dnn, AttentionMask mask, int heads, long headWidth) {
    this.dnn = dnn;
    this.mask = mask;
    this.heads = heads;
    this.headWidth = headWidth;
  }

  /** All calls, in order. */
  Runnable inOrder() {
    Runnable[] all = calls.toArray(Runnable[]::new);
    return () -> {
      for (Runnable call : all) {
        call.run();
      }
    };
  }

  /** What scores are multiplied by. */
  float scale() {
    return (float) (1 / Math.sqrt((double) headWidth));
  }

  /**
   * Rows {@code first} to {@code end} of a sequence, split into heads: [heads, rows, head width].
   */
  Tensor rows(Tensor sequence, int first, int end) {
    long stride = sequence.layout().strides()[0];
    return sequence.at(
        first * stride,
        Layout.strided(
            sequence.layout().type(),
            new long[] {heads, end - first, headWidth},
            headWidth,
            stride,
            1));
  }

  /** A block's own matrix, from a place in some memory on: [heads, queries, columns]. */
  Tensor scores(Tensor memory, long from, Block block) {
    return memory.at(
        from, Layout.dense(memory.layout().type(), heads, block.size(), block.columns()));
  }

  /** The columns of a run: [heads, queries, keys of the run]. */
  Tensor columns(Tensor scores, Block block, Run run) {
    return scores.at(
        run.column(),
        Layout.strided(
            scores.layout().type(),
            new long[] {heads, block.size(), run.size()},
            scores.layout().strides()));
  }

  /** The same with keys before queries. */
  static Tensor transposed(Tensor matrices) {
    return matrices.as(matrices.layout().transposed(1, 2));
  }

  /** c = factor · a·b, or c += factor · a·b. */
  void product(Tensor a, Tensor b, Tensor c, float factor, boolean accumulate) {
    product(a, b, c, new Fusion(factor, null, accumulate ? 1 : 0), null);
  }

  private void product(Tensor a, Tensor b, Tensor c, Fusion fusion, @Nullable Tensor masks) {
    Primitive.Arguments arguments =
        dnn.matmul(a.layout(), b.layout(), null, c.layout(), fusion)
            .with(DNNL_ARG_SRC, a)
            .and(DNNL_ARG_WEIGHTS, b)
            .and(DNNL_ARG_DST, c);
    calls.add(
        masks == null ? arguments.call() : arguments.and(fusion.maskArgument(), masks).call());
  }

  /**
   * Masked attention weights of a block.
   *
   * @param scores FLOAT; may lie where the weights do
   */
  void weights(Tensor q, Tensor k, Block block, Tensor scores, Tensor weights) {
    Tensor queries = rows(q, block.first(), block.end());
    boolean alone = block.runs().size() == 1;
    for (Run run : block.runs()) {
      Tensor keys = transposed(rows(k, run.first(), run.end()));
      Tensor part = columns(scores, block, run);
      if (alone && run.masked()) {
        Tensor masks = masks(block, 1);
        product(queries, keys, part, new Fusion(scale(), masks.layout(), 0), masks);
      } else {
        product(queries, keys, part, scale(), false);
      }
    }
    if (!alone) {
      addMasks(block, scores);
    }
    Tensor x = flat(scores);
    Tensor y = flat(weights);
    calls.add(
        dnn.softmax(false, x.layout(), y.layout())
            .with(DNNL_ARG_SRC, x)
            .and(DNNL_ARG_DST, y)
            .call());
  }

  /**
   * With several runs the masks need a pass of their own: oneDNN 3.6 reads a fused mask at wrong
   * places where the result has gaps between its rows.
   */
  private void addMasks(Block block, Tensor scores) {
    Tensor masks = masks(block, heads);
    calls.add(
        dnn.binary(algorithm.binary_add, scores.layout(), masks.layout(), scores.layout())
            .with(DNNL_ARG_SRC_0, scores)
            .and(DNNL_ARG_SRC_1, masks)
            .and(DNNL_ARG_DST, scores)
            .call());
  }

  /** [copies, queries, columns]: 0 where a query may look, a large negative number elsewhere. */
  private Tensor masks(Block block, int copies) {
    return dnn.constant(
        List.of("attention mask", mask, block, copies),
        () -> maskValues(block, copies),
        copies,
        block.size(),
        block.columns());
  }

  private float[] maskValues(Block block, int copies) {
    float[] values = new float[copies * block.size() * block.columns()];
    for (Run run : block.runs()) {
      for (int row = 0; row < copies * block.size(); row++) {
        int start = row * block.columns() + run.column() - run.first();
        int query = block.first() + row % block.size();
        for (int key = run.first(); key < run.end(); key++) {
          values[start + key] = mask.attends(query, key) ? 0 : MASKED;
        }
      }
    }
    return values;
  }

  /** Gradient of the scores before the softmax, in place of that of the weights. */
  void scoreGradients(Tensor weights, Tensor gradient) {
    Tensor y = flat(weights);
    Tensor dy = flat(gradient);
    calls.add(
        dnn.softmaxGradient(false, y.layout(), dy.layout(), dy.layout())
            .with(DNNL_ARG_DST, y)
            .and(DNNL_ARG_DIFF_DST, dy)
            .and(DNNL_ARG_DIFF_SRC, dy)
            .call());
  }

  /** All heads' rows beneath each other. */
  private static Tensor flat(Tensor scores) {
    long columns = scores.size(2);
    return scores.as(Layout.dense(scores.layout().type(), scores.length() / columns, columns));
  }

  /** Copies into another type or layout. */
  void copy(Tensor from, Tensor to) {
    calls.add(
        dnn.reorder(from.layout(), to.layout())
            .with(DNNL_ARG_SRC, from)
            .and(DNNL_ARG_DST, to)
            .call());
  }

  static boolean isFloat(Tensor tensor) {
    return tensor.layout().type() == DataType.FLOAT;
  }
}
