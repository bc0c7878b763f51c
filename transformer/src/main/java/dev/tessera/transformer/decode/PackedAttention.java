package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Bfloat16;
import dev.tessera.engine.onednn.Call;
import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.MovingCopy;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.Place;
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
 * <p>In a step every slot has one query, and a product has a vector on one side. It is made one of
 * matrices, which is faster than one for each head, and as fast as keys and values can be read: the
 * queries of all heads stand in a matrix with a column for each, 0 in the channels of other heads,
 * which adds nothing to a sum; and sums of values are computed for all heads' shares, of which only
 * the own head's column is read.
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
  private final float scale;
  private final float[] row;
  private final short[] rounded;
  private final float[] sums;
  private final float[] noScores;
  private final NativeMatrix queries;
  private final NativeMatrix queryColumns;
  private final NativeMatrix scoresByInput;
  private final NativeMatrix scores;
  private final NativeMatrix shares;
  private final NativeMatrix found;
  private final Copies[] copiesOfSteps = new Copies[GROUP + 1];
  private final Copies[] copiesOfBlocks = new Copies[Pass.BLOCK + 1];

  /** By the logarithm of the number of slots and by the blocks of the length. */
  private final Calls[][] steps;

  private final Calls[] blocks;

  /**
   * Rounds what was projected to where products read it, and what they found.
   *
   * @param queries with the factor of scores
   */
  private record Copies(
      MovingCopy keys, MovingCopy values, MovingCopy queries, MovingCopy results) {}

  /**
   * The products of attention, of keys and values that lie elsewhere at each call.
   *
   * @param turn scores by input to scores by head; null where they are
   */
  private record Calls(
      Place keys, Place values, Call scores, @Nullable Call turn, Call softmax, Call sums) {
    void score(long keyAddress) {
      keys.move(keyAddress);
      scores.run();
      if (turn != null) {
        turn.run();
      }
    }

    void sum(long valueAddress) {
      softmax.run();
      values.move(valueAddress);
      sums.run();
    }
  }

  /**
   * @param projected queries, keys and values of the own heads, FLOAT [rows, 3 · channels]
   * @param attended where results go, BFLOAT16 [rows, D]
   * @param from first channel of the first head
   * @param to end of the channels of the last head, beyond from
   */
  PackedAttention(
      OneDnn dnn,
      TransformerConfig config,
      List<Block> layers,
      PackedCache cache,
      NativeMatrix projected,
      NativeMatrix attended,
      int from,
      int to) {
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
    scale = (float) (1 / Math.sqrt(headWidth));
    row = new float[Math.max(2 * width, 3 * channels)];
    rounded = new short[3 * channels];
    sums = new float[foundSize()];
    int length = PackedCache.roundUp(config.sequenceLength());
    noScores = new float[length];
    Arrays.fill(noScores, Float.NEGATIVE_INFINITY);
    int queriesAtOnce = Math.max(GROUP, Pass.BLOCK);
    queries = new NativeMatrix(dnn, DataType.BFLOAT16, Pass.BLOCK, channels);
    queryColumns = new NativeMatrix(dnn, DataType.BFLOAT16, GROUP, columnsSize());
    scoresByInput = new NativeMatrix(dnn, DataType.FLOAT, GROUP * heads, length);
    scores = new NativeMatrix(dnn, DataType.FLOAT, queriesAtOnce * heads, length);
    shares = new NativeMatrix(dnn, DataType.BFLOAT16, queriesAtOnce * heads, length);
    found = new NativeMatrix(dnn, DataType.FLOAT, queriesAtOnce, foundSize());
    steps = new Calls[Integer.numberOfTrailingZeros(GROUP) + 1][length / Pass.BLOCK];
    blocks = new Calls[length / Pass.BLOCK];
  }

  /**
   * Elements of a slot's query columns: those of a head begin one head further down the diagonal.
   */
  private int columnsSize() {
    return heads * (channels + headWidth);
  }

  /** Elements of a slot's sums for all heads, the own ones of each head on the diagonal. */
  private int foundSize() {
    return heads * (channels + 1);
  }

  /** Attends, for all rows of a pass. */
  void attend(Pass pass, int layer) {
    if (queriesAndKeys.change(layer)) {
      for (int r = 0; r < pass.rows(); r++) {
        prepare(layer, r, pass.position(r));
      }
    }
    if (pass.isStep()) {
      attendStep(pass, layer);
    } else {
      for (int start = 0; start < pass.rows(); start = pass.endOfSlot(start)) {
        attendBlock(pass, layer, start, pass.endOfSlot(start));
      }
    }
  }

  private void prepare(int layer, int r, int position) {
    projected.get(r, 0, row, from, channels);
    projected.get(r, channels, row, width + from, channels);
    queriesAndKeys.prepare(layer, position, row);
    projected.put(r, 0, row, from, channels);
    projected.put(r, channels, row, width + from, channels);
  }

  private void attendStep(Pass pass, int layer) {
    int rows = pass.rows();
    int input = pass.input(0);
    int length = PackedCache.roundUp(input + 1);
    for (int first = 0; first < rows; ) {
      int count = Math.min(GROUP, Integer.highestOneBit(rows - first));
      for (int slot = first; slot < first + count; slot++) {
        cache.open(layer, slot, input);
      }
      if (count == 1) {
        storeOne(layer, first, input);
      } else {
        Copies copies = copiesOfStep(count);
        store(copies, layer, first, first, input);
        copies.queries.run(projected(first, 0), queryColumns.address(0));
      }
      Calls calls = step(count, length);
      calls.score(cache.keyAddress(layer, first, 0));
      for (int r = 0; r < count; r++) {
        AttentionSpans own = spans.of(layer, pass.order(first + r), input);
        for (int head = 0; head < heads; head++) {
          hide(own, (r * heads + head) * length, length);
        }
      }
      calls.sum(cache.valueAddress(layer, first, 0));
      if (count == 1) {
        takeOne(first);
      } else {
        copiesOfStep(count).results.run(found.address(0), attended(first));
      }
      first += count;
    }
  }

  private void attendBlock(Pass pass, int layer, int start, int end) {
    int slot = pass.slot(start);
    int input = pass.input(start);
    int length = PackedCache.roundUp(input + 1);
    cache.open(layer, slot, input);
    Copies copies = copiesOfBlock(end - start);
    store(copies, layer, start, slot, input);
    copies.queries.run(projected(start, 0), queries.address(0));
    Calls calls = block(length);
    calls.score(cache.keyAddress(layer, slot, 0));
    for (int r = start; r < end; r++) {
      AttentionSpans own = spans.of(layer, pass.order(r), pass.input(r));
      for (int head = 0; head < heads; head++) {
        hide(own, (head * Pass.BLOCK + r - start) * length, length);
      }
    }
    calls.sum(cache.valueAddress(layer, slot, 0));
    copies.results.run(found.address(0), attended(start));
  }

  /** What {@link Copies} do with a single row, to the same bits in less time than calls take. */
  private void storeOne(int layer, int slot, int input) {
    projected.get(slot, 0, row, 0, 3 * channels);
    for (int c = 0; c < channels; c++) {
      row[c] *= scale;
    }
    Bfloat16.round(row, 0, rounded, 0, 3 * channels);
    for (int head = 0; head < heads; head++) {
      queryColumns.put(0, head * (channels + headWidth), rounded, head * headWidth, headWidth);
    }
    cache.put(layer, slot, input, rounded, channels, 2 * channels);
  }

  private void takeOne(int slot) {
    found.get(0, 0, sums, 0, sums.length);
    for (int c = 0; c < channels; c++) {
      rounded[c] = Bfloat16.round(sums[c * heads + c / headWidth]);
    }
    attended.put(slot, from, rounded, 0, channels);
  }

  /** Caches keys and values of rows. */
  private void store(Copies copies, int layer, int firstRow, int slot, int input) {
    copies.keys.run(projected(firstRow, 1), cache.keyAddress(layer, slot, input));
    copies.values.run(projected(firstRow, 2), cache.valueAddress(layer, slot, input));
  }

  /** Where a row's queries, keys or values begin. */
  private long projected(int row, int part) {
    return projected.address((3L * row + part) * channels);
  }

  private long attended(int row) {
    return attended.address((long) row * width + from);
  }

  /** Of a row for each of some slots. */
  private Copies copiesOfStep(int count) {
    Copies copies = copiesOfSteps[count];
    if (copies == null) {
      copies =
          copies(
              count,
              new long[] {cache.slotSize(), 1},
              new long[] {cache.slotSize(), cache.length()},
              new long[] {columnsSize(), channels + headWidth, 1},
              new long[] {foundSize(), channels + 1, heads});
      copiesOfSteps[count] = copies;
    }
    return copies;
  }

  /** Of some rows of one slot. */
  private Copies copiesOfBlock(int count) {
    Copies copies = copiesOfBlocks[count];
    if (copies == null) {
      long[] byHead = {headWidth, (long) Pass.BLOCK * headWidth, 1};
      copies =
          copies(count, new long[] {channels, 1}, new long[] {1, cache.length()}, byHead, byHead);
      copiesOfBlocks[count] = copies;
    }
    return copies;
  }

  /**
   * @param keys strides of [rows, channels], as {@code values}
   * @param queries strides of [rows, heads, D / heads], as {@code sums}
   */
  private Copies copies(int count, long[] keys, long[] values, long[] queries, long[] sums) {
    long[] rows = {count, channels};
    long[] rowsByHead = {count, heads, headWidth};
    Layout part = Layout.strided(DataType.FLOAT, rows, 3L * channels, 1);
    Layout partByHead = Layout.strided(DataType.FLOAT, rowsByHead, 3L * channels, headWidth, 1);
    Layout results = Layout.strided(DataType.BFLOAT16, rowsByHead, width, headWidth, 1);
    return new Copies(
        new MovingCopy(dnn, part, Layout.strided(DataType.BFLOAT16, rows, keys), 1),
        new MovingCopy(dnn, part, Layout.strided(DataType.BFLOAT16, rows, values), 1),
        new MovingCopy(
            dnn, partByHead, Layout.strided(DataType.BFLOAT16, rowsByHead, queries), scale),
        new MovingCopy(dnn, Layout.strided(DataType.FLOAT, rowsByHead, sums), results, 1));
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
      calls = makeStep(count, length);
      ofCount[index] = calls;
    }
    return calls;
  }

  private Calls makeStep(int count, int length) {
    Layout columns =
        Layout.strided(
            DataType.BFLOAT16, new long[] {count, channels, heads}, columnsSize(), 1, channels);
    Tensor byInput = scoresByInput.as(Layout.dense(DataType.FLOAT, count, length, heads));
    Tensor byHead = byInput.as(byInput.layout().transposed(1, 2));
    Tensor score = scores.as(Layout.dense(DataType.FLOAT, count, heads, length));
    Tensor share =
        shares.as(
            Layout.strided(
                DataType.BFLOAT16,
                new long[] {count, length, heads},
                (long) heads * length,
                1,
                length));
    Tensor sum =
        found.as(
            Layout.strided(
                DataType.FLOAT, new long[] {count, channels, heads}, foundSize(), heads, 1));
    Layout keys = cache.keys(count, length);
    Layout values = cache.values(count, length);
    Place keyPlace = new Place(keys);
    Place valuePlace = new Place(values);
    return new Calls(
        keyPlace,
        valuePlace,
        product(keys, columns, byInput.layout())
            .productCall(keyPlace, queryColumns.as(columns), byInput),
        dnn.reorder(byHead.layout(), score.layout()).call(byHead, score),
        softmax(count * heads, length),
        product(values, share.layout(), sum.layout()).productCall(valuePlace, share, sum));
  }

  private Calls block(int length) {
    int index = length / Pass.BLOCK - 1;
    Calls calls = blocks[index];
    if (calls == null) {
      calls = makeBlock(length);
      blocks[index] = calls;
    }
    return calls;
  }

  private Calls makeBlock(int length) {
    Tensor query = queries.as(Layout.dense(DataType.BFLOAT16, heads, Pass.BLOCK, headWidth));
    Tensor score = scores.as(Layout.dense(DataType.FLOAT, heads, Pass.BLOCK, length));
    Tensor share = shares.as(Layout.dense(DataType.BFLOAT16, heads, Pass.BLOCK, length));
    Tensor sum = found.as(Layout.dense(DataType.FLOAT, heads, Pass.BLOCK, headWidth));
    Layout keys = cache.keysByHead(length);
    Layout values = cache.valuesByHead(length);
    Place keyPlace = new Place(keys);
    Place valuePlace = new Place(values);
    return new Calls(
        keyPlace,
        valuePlace,
        product(query.layout(), keys, score.layout()).productCall(query, keyPlace, score),
        null,
        softmax(heads * Pass.BLOCK, length),
        product(share.layout(), values, sum.layout()).productCall(share, valuePlace, sum));
  }

  private Call softmax(int rows, int length) {
    Tensor score = scores.as(Layout.dense(DataType.FLOAT, rows, length));
    Tensor share = shares.as(Layout.dense(DataType.BFLOAT16, rows, length));
    return dnn.softmax(false, score.layout(), share.layout()).call(score, share);
  }

  private Primitive product(Layout a, Layout b, Layout c) {
    return dnn.matmul(a, b, null, c, OneDnn.Fusion.NONE);
  }
}
