package dev.tessera.engine.fused;

import dev.tessera.engine.fused.AttentionBlocks.Block;
import dev.tessera.engine.fused.AttentionBlocks.Run;
import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.TokenGrid;
import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.Tensor;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Multi-head scaled dot-product attention (Vaswani et al., 2017, section 3.2): queries, keys and
 * values side by side [B·T, 3D] → [B·T, D], in one type. Scores exist for one block of queries at a
 * time. The weights that the softmax makes of them are the second result, for the gradient: block
 * after block, only of keys that a block looks at. Reading them takes a fraction of the time that
 * computing them again would, which is mostly exponentials.
 *
 * <p>With several masks a second input, INT32 [B], says which of them each sequence has. The calls
 * for all of them are made beforehand, so that each skips what its mask excludes.
 */
record Attention(int batch, int heads, List<AttentionMask> masks) implements FusedKernel {
  /** Numbers per mask in the attributes. */
  private static final int FIELDS = 4;

  static Attention decode(long[] attributes) {
    List<AttentionMask> masks = new ArrayList<>();
    for (int i = 2; i < attributes.length; i += FIELDS) {
      TokenGrid grid =
          new TokenGrid((int) attributes[i + 1], (int) attributes[i + 2], (int) attributes[i + 3]);
      masks.add(new AttentionMask(EnumCode.decode(MaskPattern.class, attributes[i]), grid));
    }
    return new Attention((int) attributes[0], (int) attributes[1], masks);
  }

  @Override
  public FusedKind kind() {
    return FusedKind.ATTENTION;
  }

  @Override
  public long[] attributes() {
    LongStream.Builder attributes = LongStream.builder().add(batch).add(heads);
    for (AttentionMask mask : masks) {
      TokenGrid grid = mask.grid();
      attributes.add(EnumCode.of(mask.pattern()));
      attributes.add(grid.first()).add(grid.height()).add(grid.width());
    }
    return attributes.build().toArray();
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    TensorType qkv = inputs.get(0);
    return List.of(
        TensorType.of(qkv.type(), qkv.size(0), qkv.size(1) / 3),
        TensorType.of(qkv.type(), batch, heads * most(qkv, AttentionBlocks::total)));
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    Typed qkv = node.input(0);
    List<Typed> inputs = new ArrayList<>(node.inputs());
    inputs.add(node.result(1));
    inputs.add(node.upstream(qkv.type().type()));
    List<@Nullable Typed> gradients = new ArrayList<>();
    gradients.add(node.one(new Gradient(this), inputs.toArray(Typed[]::new)));
    if (node.inputs().size() > 1) {
      gradients.add(null);
    }
    return gradients;
  }

  /** What the mask with the most of it has. */
  private long most(TensorType qkv, ToLongFunction<AttentionBlocks> size) {
    int length = Math.toIntExact(qkv.size(0) / batch);
    return masks.stream()
        .map(mask -> AttentionBlocks.of(mask, length))
        .mapToLong(size)
        .max()
        .orElse(0);
  }

  /** Room for the scores of a block, FLOAT, where they cannot lie in place of the weights. */
  @Override
  public List<TensorType> workspaces(List<TensorType> inputs) {
    TensorType qkv = inputs.get(0);
    return qkv.type() == DataType.FLOAT
        ? List.of()
        : List.of(TensorType.floats(heads * most(qkv, AttentionBlocks::largest)));
  }

  @Override
  public Runnable bind(Operands operands) {
    return bindEach(operands, (calls, blocks, i) -> bindSequence(operands, calls, blocks, i));
  }

  /** What is to be computed for one sequence with one mask. */
  private interface Computation {
    void add(AttentionCalls calls, AttentionBlocks blocks, int sequence);
  }

  /** Binds every sequence with every mask, and chooses among the masks at each run. */
  private Runnable bindEach(Operands operands, Computation computation) {
    Tensor qkv = operands.input(0);
    int length = Math.toIntExact(qkv.size(0) / batch);
    long headWidth = qkv.size(1) / 3 / heads;
    Runnable[][] bound = new Runnable[batch][masks.size()];
    for (int choice = 0; choice < masks.size(); choice++) {
      AttentionMask mask = masks.get(choice);
      AttentionBlocks blocks = AttentionBlocks.of(mask, length);
      for (int i = 0; i < batch; i++) {
        AttentionCalls calls = new AttentionCalls(operands.dnn(), mask, heads, headWidth);
        computation.add(calls, blocks, i);
        bound[i][choice] = calls.inOrder();
      }
    }
    if (masks.size() == 1) {
      return () -> {
        for (Runnable[] sequence : bound) {
          sequence[0].run();
        }
      };
    }
    IntBuffer chosen = operands.input(1).ints();
    return () -> {
      for (int i = 0; i < bound.length; i++) {
        bound[i][Objects.checkIndex(chosen.get(i), masks.size())].run();
      }
    };
  }

  private void bindSequence(
      Operands operands, AttentionCalls calls, AttentionBlocks blocks, int index) {
    Tensor qkv = operands.input(0);
    int length = Math.toIntExact(qkv.size(0) / batch);
    Tensor q = third(qkv, index, length, 0);
    Tensor k = third(qkv, index, length, 1);
    Tensor v = third(qkv, index, length, 2);
    Tensor y = sequence(operands.result(0), index, length);
    long next = index * operands.result(1).size(1);
    for (Block block : blocks.queries()) {
      Tensor weights = calls.scores(operands.result(1), next, block);
      next += weights.length();
      boolean inPlace = operands.workspaces().isEmpty();
      Tensor scores = inPlace ? weights : calls.scores(operands.workspace(0), 0, block);
      calls.weights(q, k, block, scores, weights);
      Tensor mixed = calls.rows(y, block.first(), block.end());
      boolean accumulate = false;
      for (Run run : block.runs()) {
        Tensor values = calls.rows(v, run.first(), run.end());
        calls.product(calls.columns(weights, block, run), values, mixed, 1, accumulate);
        accumulate = true;
      }
    }
  }

  /** One sequence of [B·T, D]. */
  private static Tensor sequence(Tensor rows, int index, int length) {
    long width = rows.size(1);
    return rows.at(
        (long) index * length * width, Layout.dense(rows.layout().type(), length, width));
  }

  /** The queries, keys or values of one sequence of [B·T, 3D]. */
  private static Tensor third(Tensor qkv, int index, int length, int part) {
    long width = qkv.size(1) / 3;
    return qkv.at(
        3L * index * length * width + part * width,
        Layout.strided(qkv.layout().type(), new long[] {length, width}, 3 * width, 1));
  }

  /** The gradient for queries, keys and values from all inputs, the weights and dy. */
  record Gradient(Attention of) implements FusedKernel {
    static Gradient decode(long[] attributes) {
      return new Gradient(Attention.decode(attributes));
    }

    @Override
    public FusedKind kind() {
      return FusedKind.ATTENTION_GRADIENT;
    }

    @Override
    public long[] attributes() {
      return of.attributes();
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      return List.of(inputs.get(0));
    }

    /**
     * Gradients of a block's weights, then of its scores; in another type than FLOAT besides, sums
     * over blocks for the keys and values of a sequence.
     */
    @Override
    public List<TensorType> workspaces(List<TensorType> inputs) {
      TensorType qkv = inputs.get(0);
      long largest = of.most(qkv, AttentionBlocks::largest);
      TensorType scores = TensorType.of(qkv.type(), of.heads * largest);
      return qkv.type() == DataType.FLOAT
          ? List.of(scores)
          : List.of(scores, TensorType.floats(qkv.size(0) / of.batch, 2 * qkv.size(1) / 3));
    }

    @Override
    public Runnable bind(Operands operands) {
      return of.bindEach(operands, (calls, blocks, i) -> bindSequence(operands, calls, blocks, i));
    }

    private void bindSequence(
        Operands operands, AttentionCalls calls, AttentionBlocks attention, int index) {
      int length = Math.toIntExact(operands.input(0).size(0) / of.batch);
      int last = operands.inputs().size() - 1;
      Tensor kept = operands.input(last - 1);
      Tensor qkv = operands.input(0);
      Tensor q = third(qkv, index, length, 0);
      Tensor k = third(qkv, index, length, 1);
      Tensor v = third(qkv, index, length, 2);
      Tensor dy = sequence(operands.input(last), index, length);
      Tensor dq = third(operands.result(0), index, length, 0);
      Tensor dk = third(operands.result(0), index, length, 1);
      Tensor dv = third(operands.result(0), index, length, 2);
      boolean direct = AttentionCalls.isFloat(qkv);
      Tensor sumK = direct ? dk : half(operands.workspace(1), 0);
      Tensor sumV = direct ? dv : half(operands.workspace(1), 1);
      boolean[] written = new boolean[length];
      List<Block> blocks = new ArrayList<>(attention.queries());
      // The last queries see the most keys: begun with them, hardly any sum starts in the middle.
      java.util.Collections.reverse(blocks);
      long next = index * kept.size(1) + of.heads * attention.total();
      for (Block block : blocks) {
        next -= (long) of.heads * block.size() * block.columns();
        Tensor weights = calls.scores(kept, next, block);
        Tensor queries = calls.rows(q, block.first(), block.end());
        Tensor dMixed = calls.rows(dy, block.first(), block.end());
        Tensor dScores = calls.scores(operands.workspace(0), 0, block);
        for (Run run : block.runs()) {
          Tensor values = calls.rows(v, run.first(), run.end());
          calls.product(
              dMixed,
              AttentionCalls.transposed(values),
              calls.columns(dScores, block, run),
              1,
              false);
        }
        calls.scoreGradients(weights, dScores);
        Tensor dQueries = calls.rows(dq, block.first(), block.end());
        boolean accumulate = false;
        for (Run run : block.runs()) {
          Tensor keys = calls.rows(k, run.first(), run.end());
          Tensor part = calls.columns(dScores, block, run);
          calls.product(part, keys, dQueries, calls.scale(), accumulate);
          accumulate = true;
        }
        for (Run run : block.runs()) {
          for (Run piece : evenly(run, written)) {
            boolean more = written[piece.first()];
            Tensor dPart = AttentionCalls.transposed(calls.columns(dScores, block, piece));
            Tensor part = AttentionCalls.transposed(calls.columns(weights, block, piece));
            Tensor dKeys = calls.rows(sumK, piece.first(), piece.end());
            Tensor dValues = calls.rows(sumV, piece.first(), piece.end());
            calls.product(dPart, queries, dKeys, calls.scale(), more);
            calls.product(part, dMixed, dValues, 1, more);
            java.util.Arrays.fill(written, piece.first(), piece.end(), true);
          }
        }
      }
      if (!direct) {
        calls.copy(sumK, dk);
        calls.copy(sumV, dv);
      }
    }

    /** Keys or values' half of [T, 2D]. */
    private static Tensor half(Tensor sums, int part) {
      long width = sums.size(1) / 2;
      return sums.at(
          part * width,
          Layout.strided(DataType.FLOAT, new long[] {sums.size(0), width}, 2 * width, 1));
    }

    /** A run cut where keys already written to meet keys not yet written to. */
    private static List<Run> evenly(Run run, boolean[] written) {
      List<Run> pieces = new ArrayList<>();
      int start = run.first();
      for (int key = run.first() + 1; key <= run.end(); key++) {
        if (key == run.end() || written[key] != written[start]) {
          int column = run.column() + start - run.first();
          pieces.add(new Run(start, key, column, run.masked()));
          start = key;
        }
      }
      return pieces;
    }
  }
}
