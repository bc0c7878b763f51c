package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Bfloat16;
import dev.tessera.engine.onednn.Call;
import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.OneDnn.Fusion;
import dev.tessera.engine.onednn.PairedMatrices;
import dev.tessera.engine.onednn.Place;
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
 * <p>A query of one head would be a vector. The queries of all heads of a row are a matrix, with
 * zeros in the channels of other heads, which add nothing to a sum; and sums of values are computed
 * of all channels for each head's shares, of which its own ones are read. That is faster than a
 * product for each head, and as fast as keys and values can be read.
 */
final class PackedAttention {
  /** Slots that are computed together at most; a power of two. */
  private static final int GROUP = 16;

  /** Queries that are computed together at most, of one slot or of several. */
  private static final int QUERIES = Math.max(GROUP, Pass.BLOCK);

  private final OneDnn dnn;
  private final PackedCache cache;
  private final LayerSpans spans;
  private final QueriesAndKeys queriesAndKeys;

  /** Queries, keys and values: FLOAT if something becomes of them before they are rounded. */
  private final NativeMatrix projected;

  private final NativeMatrix attended;
  private final int width;
  private final int headWidth;
  private final int heads;
  private final int from;
  private final int channels;
  private final float @Nullable [] row;
  private final short[] rounded;
  private final float[] noScores;

  /** Of each query a row for each head. */
  private final NativeMatrix queries;

  private final NativeMatrix scores;
  private final NativeMatrix shares;
  private final NativeMatrix sums;

  /** By the logarithm of the number of slots and by the blocks of the length. */
  private final Calls[][] steps;

  private final Calls[] blocks;

  /** The products of attention, of keys and values that lie elsewhere at each call. */
  private record Calls(Place keys, Place values, Call scores, Call softmax, Call sums) {
    void score(long keyAddress) {
      keys.move(keyAddress);
      scores.run();
    }

    void sum(long valueAddress) {
      softmax.run();
      values.move(valueAddress);
      sums.run();
    }
  }

  /**
   * @param rows of a pass at most
   * @param attended where results go, BFLOAT16 [rows, D]
   * @param from first channel of the first head
   * @param to end of the channels of the last head, beyond from
   */
  PackedAttention(
      OneDnn dnn,
      TransformerConfig config,
      List<Block> layers,
      PackedCache cache,
      int rows,
      NativeMatrix attended,
      int from,
      int to) {
    this.dnn = dnn;
    this.cache = cache;
    this.attended = attended;
    this.from = from;
    spans = new LayerSpans(config);
    queriesAndKeys = new QueriesAndKeys(config, layers, from, to);
    width = config.width();
    headWidth = config.headWidth();
    channels = to - from;
    heads = channels / headWidth;
    boolean change = queriesAndKeys.change();
    row = change ? new float[3 * width] : null;
    rounded = new short[3 * channels];
    projected =
        new NativeMatrix(dnn, change ? DataType.FLOAT : DataType.BFLOAT16, rows, 3 * channels);
    int length = PackedCache.roundUp(config.sequenceLength());
    noScores = new float[length];
    Arrays.fill(noScores, Float.NEGATIVE_INFINITY);
    queries = new NativeMatrix(dnn, DataType.BFLOAT16, QUERIES * heads, channels);
    scores = new NativeMatrix(dnn, DataType.FLOAT, QUERIES * heads, length);
    shares = new NativeMatrix(dnn, DataType.BFLOAT16, QUERIES * heads, length);
    sums = new NativeMatrix(dnn, DataType.BFLOAT16, QUERIES * heads, channels);
    steps = new Calls[Integer.numberOfTrailingZeros(GROUP) + 1][length / Pass.BLOCK];
    blocks = new Calls[length / Pass.BLOCK];
  }

  /** Where the queries, keys and values of the own heads are put, [rows, 3 · channels]. */
  NativeMatrix projected() {
    return projected;
  }

  /** Attends, for all rows of a pass. */
  void attend(Pass pass, int layer) {
    if (pass.isStep()) {
      attendStep(pass, layer);
    } else {
      for (int start = 0; start < pass.rows(); start = pass.endOfSlot(start)) {
        cache.open(layer, pass.slot(start), pass.input(start));
        attend(pass, layer, start, pass.endOfSlot(start), block(length(pass, start)));
      }
    }
  }

  private void attendStep(Pass pass, int layer) {
    int length = length(pass, 0);
    for (int slot = 0; slot < pass.rows(); slot++) {
      cache.open(layer, slot, pass.input(slot));
    }
    for (int first = 0; first < pass.rows(); ) {
      int count = Math.min(GROUP, Integer.highestOneBit(pass.rows() - first));
      attend(pass, layer, first, first + count, step(count, length));
      first += count;
    }
  }

  /** What a row of a pass attends to at most, rounded up. */
  private static int length(Pass pass, int row) {
    return PackedCache.roundUp(pass.input(row) + 1);
  }

  /** Attends, for rows of one slot or each of the next slot. */
  private void attend(Pass pass, int layer, int start, int end, Calls calls) {
    for (int r = start; r < end; r++) {
      store(pass, layer, r, r - start);
    }
    int slot = pass.slot(start);
    int length = length(pass, start);
    calls.score(cache.keyAddress(layer, slot));
    for (int r = start; r < end; r++) {
      AttentionSpans own = spans.of(layer, pass.order(r), pass.input(r));
      for (int head = 0; head < heads; head++) {
        hide(own, ((r - start) * heads + head) * length, length);
      }
    }
    calls.sum(cache.valueAddress(layer, slot));
    for (int r = start; r < end; r++) {
      take(r, r - start);
    }
  }

  /** Caches the key and value of a row, and places its queries. */
  private void store(Pass pass, int layer, int r, int query) {
    if (row == null) {
      projected.get(r, 0, rounded, 0, rounded.length);
    } else {
      prepare(layer, r, pass.position(r), row);
    }
    for (int head = 0; head < heads; head++) {
      int channel = head * headWidth;
      queries.put(query * heads + head, channel, rounded, channel, headWidth);
    }
    cache.put(layer, pass.slot(r), pass.input(r), rounded, channels, 2 * channels);
  }

  private void prepare(int layer, int r, int position, float[] floats) {
    for (int part = 0; part < 3; part++) {
      projected.get(r, part * channels, floats, part * width + from, channels);
    }
    queriesAndKeys.prepare(layer, position, floats);
    for (int part = 0; part < 3; part++) {
      Bfloat16.round(floats, part * width + from, rounded, part * channels, channels);
    }
  }

  /** Makes the sums of a query's values the result of a row. */
  private void take(int r, int query) {
    for (int head = 0; head < heads; head++) {
      int channel = head * headWidth;
      sums.get(query * heads + head, channel, rounded, channel, headWidth);
    }
    attended.put(r, from, rounded, 0, channels);
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

  private Calls step(int count, int length) {
    Calls[] ofCount = steps[Integer.numberOfTrailingZeros(count)];
    int index = length / Pass.BLOCK - 1;
    Calls calls = ofCount[index];
    if (calls == null) {
      calls = calls(count, 1, length);
      ofCount[index] = calls;
    }
    return calls;
  }

  private Calls block(int length) {
    int index = length / Pass.BLOCK - 1;
    Calls calls = blocks[index];
    if (calls == null) {
      calls = calls(1, Pass.BLOCK, length);
      blocks[index] = calls;
    }
    return calls;
  }

  /** Of so many queries of each slot. */
  private Calls calls(int slots, int queriesOfSlot, int length) {
    long rows = (long) queriesOfSlot * heads;
    float scale = (float) (1 / Math.sqrt(headWidth));
    Tensor query = queries.as(Layout.dense(DataType.BFLOAT16, slots, rows, channels));
    Tensor score = scores.as(Layout.dense(DataType.FLOAT, slots, rows, length));
    Tensor share = shares.as(Layout.dense(DataType.BFLOAT16, slots, rows, length));
    Tensor sum = sums.as(Layout.dense(DataType.BFLOAT16, slots, rows, channels));
    PairedMatrices keys = cache.keys(slots, length);
    PairedMatrices values = cache.values(slots, length);
    Place keyPlace = new Place(keys);
    Place valuePlace = new Place(values);
    Layout scoreRows = Layout.dense(DataType.FLOAT, slots * rows, length);
    Layout shareRows = Layout.dense(DataType.BFLOAT16, slots * rows, length);
    return new Calls(
        keyPlace,
        valuePlace,
        dnn.matmul(query.layout(), keys, score.layout(), new Fusion(scale, null, 0))
            .productCall(query, keyPlace, score),
        dnn.softmax(false, scoreRows, shareRows).call(scores.as(scoreRows), shares.as(shareRows)),
        dnn.matmul(share.layout(), values, sum.layout(), Fusion.NONE)
            .productCall(share, valuePlace, sum));
  }
}
