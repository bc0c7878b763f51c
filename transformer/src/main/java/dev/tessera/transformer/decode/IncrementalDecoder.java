package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * Runs a trained model token by token over up to a fixed number of rows, keeping keys and values.
 *
 * <p>Rows are independent, and every sum has a fixed order: the logits of a row are the same to the
 * bit for any batch size, any neighbours and any number of threads, interpreted or compiled.
 *
 * <p>Memory: 8 · maximumBatch · layers · T · D bytes for keys and values, allocated at once. Not
 * thread-safe; decoders may share their weights.
 */
public final class IncrementalDecoder {
  /** Rows that a decoder can have at most. */
  public static final int MAXIMUM_BATCH = 4096;

  private static final float[][] NO_LOGITS = {};

  private final TransformerConfig config;
  private final Vocabulary vocabulary;
  private final int maximumBatch;
  private final int threads;
  private final KeyValueCache cache;
  private final RowGroup[] groups;
  private final Map<MaskPattern, AttentionSpans> patterns = new EnumMap<>(MaskPattern.class);
  private final AttentionSpans[] spans;
  private final float[][] textLogits;
  private final float[][] imageLogits;
  private final int[] samePositions;
  private final int[] sameTargets;
  private int batch;
  private int length;

  /**
   * A decoder with no rows; {@link #start} comes next.
   *
   * @param maximumBatch rows at most, 1 to {@value #MAXIMUM_BATCH}
   */
  public IncrementalDecoder(
      TransformerConfig config, TransformerWeights weights, int maximumBatch) {
    if (maximumBatch < 1 || maximumBatch > MAXIMUM_BATCH) {
      throw new IllegalArgumentException(
          "maximum batch is " + maximumBatch + ", but must be 1 to " + MAXIMUM_BATCH);
    }
    this.config = config;
    this.vocabulary = new Vocabulary(config);
    this.maximumBatch = maximumBatch;
    threads = ForkJoinPool.getCommonPoolParallelism() + 1;
    cache = new KeyValueCache(config, maximumBatch);
    groups = new RowGroup[Math.min(threads, maximumBatch)];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new RowGroup(config, weights, cache, rowsPerGroup(maximumBatch));
    }
    spans = new AttentionSpans[config.layers()];
    for (int layer = 0; layer < spans.length; layer++) {
      spans[layer] =
          patterns.computeIfAbsent(
              config.masks().get(layer), p -> new AttentionSpans(p, config.sequenceLength()));
    }
    textLogits = new float[maximumBatch][config.textVocabulary()];
    imageLogits = new float[maximumBatch][config.imageVocabulary()];
    samePositions = new int[maximumBatch];
    sameTargets = new int[maximumBatch];
  }

  /** The model's hyper-parameters. */
  public TransformerConfig config() {
    return config;
  }

  /** Rows at most. */
  public int maximumBatch() {
    return maximumBatch;
  }

  /** Rows now. */
  public int batch() {
    return batch;
  }

  /** Inputs that the rows have had, 0 to T. */
  public int length() {
    return length;
  }

  /** Forgets everything and begins {@code rows} new sequences. */
  public void start(int rows) {
    requireRows(rows);
    cache.reset();
    batch = rows;
    length = 0;
  }

  /**
   * Makes row r the continuation of what is now row parents[r]. Rows can be permuted, dropped and
   * multiplied: all zeros turns one prompt into many samples.
   *
   * @param parents one row for each row of the new batch
   */
  public void reorder(int[] parents) {
    requireRows(parents.length);
    for (int parent : parents) {
      require("parent row", parent, batch);
    }
    cache.reorder(parents, length);
    batch = parents.length;
  }

  /**
   * Gives every row one more input, all at the same position.
   *
   * @see #step(int[], int[], int[], Range)
   */
  public float[][] step(int[] tokens, int position, int targetPosition, Range range) {
    Arrays.fill(samePositions, 0, batch, position);
    Arrays.fill(sameTargets, 0, batch, targetPosition);
    return step(tokens, samePositions, sameTargets, range);
  }

  /**
   * Gives every row one more input. Of each array the first {@link #batch} entries are read.
   *
   * @param tokens token ids, 0 to V − 1
   * @param positions positions of the tokens, 0 to P − 1
   * @param targetPositions positions of the tokens to be predicted, 0 to P − 1
   * @param range which logits to compute
   * @return logits of row r in element r, {@link Range#size} of them, no elements for {@link
   *     Range#NONE}; the decoder's own, overwritten by the next step, free to be changed until then
   * @throws IllegalStateException before {@link #start}, or if the rows have had T inputs
   */
  public float[][] step(int[] tokens, int[] positions, int[] targetPositions, Range range) {
    if (batch == 0) {
      throw new IllegalStateException("the decoder has no rows yet");
    }
    if (length == config.sequenceLength()) {
      throw new IllegalStateException("all " + length + " inputs of the sequences have been given");
    }
    for (int row = 0; row < batch; row++) {
      require("token", tokens[row], vocabulary.size());
      require("position", positions[row], vocabulary.positions());
      require("target position", targetPositions[row], vocabulary.positions());
    }
    for (AttentionSpans pattern : patterns.values()) {
      pattern.update(length);
    }
    float[][] logits =
        switch (range) {
          case NONE -> NO_LOGITS;
          case TEXT -> textLogits;
          case IMAGE -> imageLogits;
        };
    int rows = rowsPerGroup(batch);
    int used = (batch + rows - 1) / rows;
    int input = length;
    if (used == 1) {
      groups[0].step(
          0, batch, input, tokens, positions, targetPositions, spans, range, logits, threads);
    } else {
      IntStream.range(0, used)
          .parallel()
          .forEach(
              group -> {
                int first = group * rows;
                int count = Math.min(rows, batch - first);
                groups[group].step(
                    first,
                    count,
                    input,
                    tokens,
                    positions,
                    targetPositions,
                    spans,
                    range,
                    logits,
                    1);
              });
    }
    length++;
    return logits;
  }

  private int rowsPerGroup(int rows) {
    return (rows + threads - 1) / threads;
  }

  private void requireRows(int rows) {
    if (rows < 1 || rows > maximumBatch) {
      throw new IllegalArgumentException(
          "a batch of " + rows + " rows was asked for, but must be 1 to " + maximumBatch);
    }
  }

  private static void require(String name, int value, int end) {
    if (value < 0 || value >= end) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be 0 to " + (end - 1));
    }
  }
}
