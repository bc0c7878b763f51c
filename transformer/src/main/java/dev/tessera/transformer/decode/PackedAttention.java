package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Bfloat16;
import dev.tessera.engine.onednn.Call;
import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Primitive;
import dev.tessera.engine.onednn.Tensor;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Attention of queries to cached keys and values, for some of the heads, by oneDNN: scores, their
 * softmax, and sums of values, each for many rows at once.
 *
 * <p>Everything has the length of whole blocks of {@link Pass#BLOCK} inputs, so that few primitives
 * do; scores of inputs that are not attended to are −∞ before the softmax, and their shares 0. The
 * length follows from the query alone, and each sum runs over channels or inputs in their order: a
 * row's result depends neither on other rows nor on how many queries a slot has in a pass.
 *
 * <p>In a step every slot has one query, and a product has a vector on one side. What is sums of
 * values for one head is computed for all heads' shares, and only the own head's column is read:
 * one product of matrices is faster than many of vectors, and as fast as values can be read.
 */
final class PackedAttention {
  /** Slots that are computed together at most; a power of two. */
  private static final int GROUP = 16;

  private final OneDnn dnn;
  private final PackedCache cache;
  private final LayerSpans spans;
  private final QueriesAndKeys queriesAndKeys;
  private final NativeMatrix projected;
  private final NativeMatrix attended;
  private final int width;
  private final int headWidth;
  private final int heads;
  private final int from;
  private final int channels;
  private final int slots;
  private final int blocksOfLength;
  private final float[] row;
  private final short[] rounded;
  private final float[] sums;
  private final float[] noScores;
  private final NativeMatrix queries;
  private final NativeMatrix scores;
  private final NativeMatrix shares;
  private final NativeMatrix found;
  private final Calls[][][] steps;
  private final Calls[][] blocks;

  private record Calls(Call scores, Call softmax, Call sums) {
    void run() {
      softmax.run();
      sums.run();
    }
  }

  /**
   * @param projected queries, keys and values of the own heads, FLOAT [rows, 3 · channels]
   * @param attended where results go, BFLOAT16 [rows, D]
   * @param from first channel of the first head
   * @param to end of the channels of the last head, beyond from
   * @param slots of the cache
   */
  PackedAttention(
      OneDnn dnn,
      TransformerConfig config,
      List<Block> layers,
      PackedCache cache,
      NativeMatrix projected,
      NativeMatrix attended,
      int from,
      int to,
      int slots) {
    this.dnn = dnn;
    this.cache = cache;
    this.projected = projected;
    this.attended = attended;
    this.from = from;
    spans = new LayerSpans(config);
    queriesAndKeys = new QueriesAndKeys(config, layers, from, to);
    width = config.width();
    headWidth = config.headWidth();
    channels = to - from;
    heads = channels / headWidth;
    row = new float[3 * width];
    rounded = new short[3 * channels];
    int length = PackedCache.roundUp(config.sequenceLength());
    noScores = new float[length];
    Arrays.fill(noScores, Float.NEGATIVE_INFINITY);
    int queriesAtOnce = Math.max(GROUP, Pass.BLOCK);
    queries = new NativeMatrix(dnn, DataType.BFLOAT16, Math.max(slots, Pass.BLOCK), channels);
    scores = new NativeMatrix(dnn, DataType.FLOAT, queriesAtOnce * heads, length);
    shares = new NativeMatrix(dnn, DataType.BFLOAT16, queriesAtOnce * heads, length);
    found = new NativeMatrix(dnn, DataType.FLOAT, queriesAtOnce, channels * heads);
    sums = new float[channels * heads];
    steps = new Calls[layers.size()][length / Pass.BLOCK][];
    blocks = new Calls[layers.size()][];
    this.slots = slots;
    blocksOfLength = length / Pass.BLOCK;
  }

  /** Attends, for all rows of a pass. */
  void attend(Pass pass, int layer) {
    if (pass.isStep()) {
      attendStep(pass, layer);
    } else {
      for (int start = 0; start < pass.rows(); start = pass.endOfSlot(start)) {
        attendBlock(pass, layer, start, pass.endOfSlot(start));
      }
    }
  }

  private void attendStep(Pass pass, int layer) {
    int rows = pass.rows();
    for (int r = 0; r < rows; r++) {
      store(pass, layer, r);
      queries.put(r, 0, rounded, 0, channels);
    }
    int length = PackedCache.roundUp(pass.input(0) + 1);
    for (int first = 0; first < rows; ) {
      int count = Math.min(GROUP, Integer.highestOneBit(rows - first));
      Calls calls = step(layer, first, count, length);
      calls.scores.run();
      for (int r = 0; r < count; r++) {
        AttentionSpans own = spans.of(layer, pass.order(first + r), pass.input(first + r));
        for (int head = 0; head < heads; head++) {
          hide(own, (r * heads + head) * length, length);
        }
      }
      calls.run();
      for (int r = 0; r < count; r++) {
        found.get(r, 0, sums, 0, channels * heads);
        for (int c = 0; c < channels; c++) {
          rounded[c] = Bfloat16.round(sums[c * heads + c / headWidth]);
        }
        attended.put(first + r, from, rounded, 0, channels);
      }
      first += count;
    }
  }

  private void attendBlock(Pass pass, int layer, int start, int end) {
    for (int r = start; r < end; r++) {
      store(pass, layer, r);
      for (int head = 0; head < heads; head++) {
        queries.put(
            0, (head * Pass.BLOCK + r - start) * headWidth, rounded, head * headWidth, headWidth);
      }
    }
    int length = PackedCache.roundUp(pass.input(start) + 1);
    Calls calls = block(layer, pass.slot(start), length);
    calls.scores.run();
    for (int r = start; r < end; r++) {
      AttentionSpans own = spans.of(layer, pass.order(r), pass.input(r));
      for (int head = 0; head < heads; head++) {
        hide(own, (head * Pass.BLOCK + r - start) * length, length);
      }
    }
    calls.run();
    for (int r = start; r < end; r++) {
      for (int head = 0; head < heads; head++) {
        found.get(0, (head * Pass.BLOCK + r - start) * headWidth, sums, 0, headWidth);
        Bfloat16.round(sums, 0, rounded, head * headWidth, headWidth);
      }
      attended.put(r, from, rounded, 0, channels);
    }
  }

  /** Caches the key and value of a row; leaves its query in what is rounded. */
  private void store(Pass pass, int layer, int r) {
    for (int part = 0; part < 3; part++) {
      projected.get(r, part * channels, row, part * width + from, channels);
    }
    queriesAndKeys.prepare(layer, pass.position(r), row);
    float scale = (float) (1 / Math.sqrt(headWidth));
    for (int c = 0; c < channels; c++) {
      rounded[c] = Bfloat16.round(row[from + c] * scale);
    }
    Bfloat16.round(row, width + from, rounded, channels, channels);
    Bfloat16.round(row, 2 * width + from, rounded, 2 * channels, channels);
    cache.put(pass.slot(r), layer, pass.input(r), rounded, channels, rounded, 2 * channels);
  }

  /** Makes the scores that are not attended to −∞. */
  private void hide(AttentionSpans spans, int at, int length) {
    int shown = 0;
    for (int run = 0; run < spans.runs(); run++) {
      int start = spans.start(run);
      if (start > shown) {
        scores.put(0, at + shown, noScores, 0, start - shown);
      }
      shown = spans.end(run);
    }
    if (length > shown) {
      scores.put(0, at + shown, noScores, 0, length - shown);
    }
  }

  private Calls step(int layer, int first, int count, int length) {
    // Groups of a size start at multiples of it: numbered like a heap, larger ones first.
    int places = Integer.highestOneBit(2 * slots - 1);
    Calls[] made = steps[layer][length / Pass.BLOCK - 1];
    if (made == null) {
      made = new Calls[2 * places];
      steps[layer][length / Pass.BLOCK - 1] = made;
    }
    int index = (places + first) / count;
    Calls calls = made[index];
    if (calls == null) {
      calls = makeStep(layer, first, count, length);
      made[index] = calls;
    }
    return calls;
  }

  private Calls makeStep(int layer, int first, int count, int length) {
    Tensor keys = cache.keys(layer, first, count, length);
    Tensor query =
        queries.rows(first, count).as(Layout.dense(DataType.BFLOAT16, count, heads, headWidth, 1));
    Tensor score = scores.as(Layout.dense(DataType.FLOAT, count, heads, length, 1));
    Tensor values = cache.values(layer, first, count, length);
    Tensor share =
        shares.as(
            Layout.strided(
                DataType.BFLOAT16,
                new long[] {count, length, heads},
                (long) heads * length,
                1,
                length));
    Tensor sum = found.as(Layout.dense(DataType.FLOAT, count, channels, heads));
    return calls(
        "step",
        count,
        length,
        new Tensor[] {keys, query, score},
        count * heads,
        new Tensor[] {values, share, sum});
  }

  private Calls block(int layer, int slot, int length) {
    @Nullable Calls[] made = blocks[layer];
    if (made == null) {
      made = new Calls[slots * blocksOfLength];
      blocks[layer] = made;
    }
    int index = slot * blocksOfLength + length / Pass.BLOCK - 1;
    Calls calls = made[index];
    if (calls == null) {
      calls = makeBlock(layer, slot, length);
      made[index] = calls;
    }
    return calls;
  }

  private Calls makeBlock(int layer, int slot, int length) {
    Tensor query = queries.as(Layout.dense(DataType.BFLOAT16, heads, Pass.BLOCK, headWidth));
    Tensor all = cache.keys(layer, slot, 1, length);
    Tensor keys =
        all.as(
            Layout.strided(
                DataType.BFLOAT16,
                new long[] {heads, headWidth, length},
                all.layout().stride(1),
                1,
                headWidth));
    Tensor score = scores.as(Layout.dense(DataType.FLOAT, heads, Pass.BLOCK, length));
    Tensor share = shares.as(Layout.dense(DataType.BFLOAT16, heads, Pass.BLOCK, length));
    Tensor values = cache.valuesByInput(layer, slot, length);
    Tensor sum = found.as(Layout.dense(DataType.FLOAT, heads, Pass.BLOCK, headWidth));
    return calls(
        "block",
        Pass.BLOCK,
        length,
        new Tensor[] {query, keys, score},
        heads * Pass.BLOCK,
        new Tensor[] {share, values, sum});
  }

  private Calls calls(
      String kind, int count, int length, Tensor[] first, int rows, Tensor[] second) {
    Tensor score = scores.as(Layout.dense(DataType.FLOAT, rows, length));
    Tensor share = shares.as(Layout.dense(DataType.BFLOAT16, rows, length));
    Primitive softmax =
        dnn.shared(
            List.of("shares", rows, length),
            () -> dnn.softmax(false, score.layout(), share.layout()));
    return new Calls(
        product(List.of("scores", kind, count, length), first),
        softmax.call(score, share),
        product(List.of("sums", kind, count, length), second));
  }

  private Call product(Object key, Tensor[] tensors) {
    return dnn.shared(
            key,
            () ->
                dnn.matmul(
                    tensors[0].layout(),
                    tensors[1].layout(),
                    null,
                    tensors[2].layout(),
                    OneDnn.Fusion.NONE))
        .productCall(tensors[0], tensors[1], tensors[2]);
  }
}
