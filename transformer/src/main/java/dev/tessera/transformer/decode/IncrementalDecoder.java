package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.LayerMasks;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Runs a trained model token by token over up to a fixed number of rows, keeping keys and values.
 *
 * <p>Rows are independent, and every sum has a fixed order: the logits of a row are the same to the
 * bit for any batch size, any neighbours and any number of threads, interpreted or compiled.
 *
 * <p>Memory: 8 · maximumBatch · layers · T · D bytes for keys and values, allocated at once; a step
 * allocates no arrays. Not thread-safe. Threads of its own end with {@link #close}.
 */
public final class IncrementalDecoder implements AutoCloseable {
  /** Rows that a decoder can have at most. */
  public static final int MAXIMUM_BATCH = 4096;

  private static final float[][] NO_LOGITS = {};

  private final TransformerConfig config;
  private final Vocabulary vocabulary;
  private final WeightFormat format;
  private final int maximumBatch;
  private final KeyValueCache cache;
  private final ThreadTeam team;
  private final DecoderWorker[] workers;
  private final IntConsumer work = this::work;
  private final Map<AttentionMask, AttentionSpans> patterns = new HashMap<>();

  /** Of each order of the sequences, of each layer. */
  private final AttentionSpans[][] spans;

  /** The order token of each row. */
  private int[] orders;

  private int[] nextOrders;
  private final float[][] textLogits;
  private final float[][] imageLogits;
  private final int[] tokens;
  private final int[] positions;
  private final int[] targetPositions;
  private Range range = Range.NONE;
  private int batch;
  private int length;

  /**
   * A decoder with weights as they are, the reference for the other formats.
   *
   * @param maximumBatch rows at most, 1 to {@value #MAXIMUM_BATCH}
   */
  public IncrementalDecoder(
      TransformerConfig config, TransformerWeights weights, int maximumBatch) {
    this(config, weights, maximumBatch, WeightFormat.F32);
  }

  /**
   * A decoder with no rows; {@link #start} comes next.
   *
   * @param maximumBatch rows at most, 1 to {@value #MAXIMUM_BATCH}
   * @param format of the weights in matrix products; anything but F32 needs oneDNN
   */
  public IncrementalDecoder(
      TransformerConfig config, TransformerWeights weights, int maximumBatch, WeightFormat format) {
    this(config, weights, maximumBatch, format, usefulThreads());
  }

  IncrementalDecoder(
      TransformerConfig config,
      TransformerWeights weights,
      int maximumBatch,
      WeightFormat format,
      int threads) {
    if (maximumBatch < 1 || maximumBatch > MAXIMUM_BATCH) {
      throw new IllegalArgumentException(
          "maximum batch is " + maximumBatch + ", but must be 1 to " + MAXIMUM_BATCH);
    }
    this.config = config;
    this.vocabulary = new Vocabulary(config);
    this.format = format;
    this.maximumBatch = maximumBatch;
    cache = new KeyValueCache(config, maximumBatch);
    LayerMasks masks = new LayerMasks(config);
    spans = new AttentionSpans[vocabulary.orders()][config.layers()];
    for (int order = 0; order < spans.length; order++) {
      for (int layer = 0; layer < config.layers(); layer++) {
        spans[order][layer] =
            patterns.computeIfAbsent(
                masks.of(layer, order), m -> new AttentionSpans(m, config.sequenceLength()));
      }
    }
    orders = new int[maximumBatch];
    nextOrders = new int[maximumBatch];
    textLogits = new float[maximumBatch][config.textVocabulary()];
    imageLogits = new float[maximumBatch][config.imageVocabulary()];
    tokens = new int[maximumBatch];
    positions = new int[maximumBatch];
    targetPositions = new int[maximumBatch];
    Products[] products = format.products(config, weights, maximumBatch, threads);
    team = new ThreadTeam(threads);
    workers = new DecoderWorker[threads];
    for (int member = 0; member < threads; member++) {
      workers[member] =
          new DecoderWorker(config, weights, products[member], cache, team, member, maximumBatch);
    }
  }

  private static int usefulThreads() {
    return Math.min(Panels.MAXIMUM, Runtime.getRuntime().availableProcessors());
  }

  /** The model's hyper-parameters. */
  public TransformerConfig config() {
    return config;
  }

  /** How the weights of products are kept. */
  public WeightFormat format() {
    return format;
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
    for (int row = 0; row < parents.length; row++) {
      nextOrders[row] = orders[parents[row]];
    }
    int[] swap = orders;
    orders = nextOrders;
    nextOrders = swap;
    batch = parents.length;
  }

  /**
   * Gives every row one more input, all at the same position.
   *
   * @see #step(int[], int[], int[], Range)
   */
  public float[][] step(int[] tokens, int position, int targetPosition, Range range) {
    requireInput();
    require("position", position, vocabulary.positions());
    require("target position", targetPosition, vocabulary.positions());
    Arrays.fill(positions, 0, batch, position);
    Arrays.fill(targetPositions, 0, batch, targetPosition);
    return run(tokens, range);
  }

  /**
   * Gives every row one more input. Of each array the first {@link #batch} entries are read.
   *
   * @param tokens token ids, 0 to V − 1; at the first step order tokens
   * @param positions positions of the tokens, 0 to P − 1
   * @param targetPositions positions of the tokens to be predicted, 0 to P − 1
   * @param range which logits to compute
   * @return logits of row r in element r, {@link Range#size} of them, no elements for {@link
   *     Range#NONE}; the decoder's own, overwritten by the next step, free to be changed until then
   * @throws IllegalStateException before {@link #start}, after {@link #close}, or if the rows have
   *     had T inputs
   */
  public float[][] step(int[] tokens, int[] positions, int[] targetPositions, Range range) {
    requireInput();
    for (int row = 0; row < batch; row++) {
      require("position", positions[row], vocabulary.positions());
      require("target position", targetPositions[row], vocabulary.positions());
    }
    System.arraycopy(positions, 0, this.positions, 0, batch);
    System.arraycopy(targetPositions, 0, this.targetPositions, 0, batch);
    return run(tokens, range);
  }

  private void requireInput() {
    if (batch == 0) {
      throw new IllegalStateException("the decoder has no rows yet");
    }
    if (length == config.sequenceLength()) {
      throw new IllegalStateException("all " + length + " inputs of the sequences have been given");
    }
  }

  private float[][] run(int[] given, Range wanted) {
    for (int row = 0; row < batch; row++) {
      if (length == 0) {
        require("order token", given[row], vocabulary.orders());
      } else {
        require("token", given[row], vocabulary.size());
      }
    }
    if (length == 0) {
      System.arraycopy(given, 0, orders, 0, batch);
    }
    System.arraycopy(given, 0, tokens, 0, batch);
    range = wanted;
    for (AttentionSpans pattern : patterns.values()) {
      pattern.update(length);
    }
    team.run(work);
    length++;
    return logits();
  }

  /** What a member of the team does of a step. */
  private void work(int member) {
    workers[member].step(
        batch, length, orders, tokens, positions, targetPositions, spans, range, logits());
  }

  private float[][] logits() {
    return switch (range) {
      case NONE -> NO_LOGITS;
      case TEXT -> textLogits;
      case IMAGE -> imageLogits;
    };
  }

  /** Ends the decoder's threads; it cannot be used any more. */
  @Override
  public void close() {
    team.close();
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
