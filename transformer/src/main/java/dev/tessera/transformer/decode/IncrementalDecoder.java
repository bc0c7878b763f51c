package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Neighbourhood;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Runs a trained model token by token over up to a fixed number of rows, keeping keys and values.
 * Inputs that are known beforehand can be given many at once.
 *
 * <p>Rows are independent, and every sum has a fixed order: the logits of a row are the same to the
 * bit for any batch size, any companions and any number of threads, interpreted or compiled, and
 * whether inputs are given one by one or together.
 *
 * <p>Memory: 4 · maximumBatch · layers · T · D bytes for keys and values, twice that for {@link
 * WeightFormat#F32}; a step allocates no arrays. Not thread-safe. Threads of its own end with
 * {@link #close}.
 */
public final class IncrementalDecoder implements AutoCloseable {
  /** Rows that a decoder can have at most. */
  public static final int MAXIMUM_BATCH = 4096;

  /** Inputs that are given together, of one row or of several. */
  private static final int GIVEN_TOGETHER = 2 * Pass.BLOCK;

  private static final float[][] NO_LOGITS = {};

  private final TransformerConfig config;
  private final Vocabulary vocabulary;
  private final WeightFormat format;
  private final int maximumBatch;
  private final ThreadTeam team;
  private final Member[] members;
  private final Pass pass;
  private final Slots slots;
  private final IntConsumer work = this::work;
  private final Slots.Copier copier = this::copy;

  /** The order token of each slot. */
  private final int[] orders;

  /** What each slot knows of its picture. */
  private final Neighbourhood.Seen[] seen;

  /** Where the logits of each row are. */
  private final float[][] logits;

  private int batch;
  private int length;

  /** Takes the logits of inputs that were given together. */
  @FunctionalInterface
  public interface LogitsReader {
    /**
     * Called once for each row and input of which logits were asked for, by several threads.
     *
     * @param input index of the input in the row's sequence
     * @param logits free to be changed until this returns
     */
    void read(int row, int input, float[] logits);
  }

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
    orders = new int[maximumBatch];
    Neighbourhood neighbourhood = new Neighbourhood(config);
    seen = new Neighbourhood.Seen[maximumBatch];
    Arrays.setAll(seen, slot -> neighbourhood.nothing());
    logits = new float[maximumBatch][];
    slots = new Slots(maximumBatch);
    pass = new Pass(config, Math.max(maximumBatch, GIVEN_TOGETHER));
    team = new ThreadTeam(threads);
    members = format.members(config, weights, team, maximumBatch, pass.capacity());
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
    slots.reset();
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
    slots.reorder(parents, copier);
    batch = parents.length;
  }

  private void copy(int from, int to) {
    for (Member member : members) {
      member.cache().copy(from, to, length);
    }
    orders[to] = orders[from];
    seen[to].copy(seen[from]);
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
    requireTokens(tokens);
    pass.begin(batch, true, range);
    for (int row = 0; row < batch; row++) {
      set(slots.of(row), row, length, tokens[row], position, targetPosition);
    }
    return run();
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
    requireTokens(tokens);
    pass.begin(batch, true, range);
    for (int row = 0; row < batch; row++) {
      set(slots.of(row), row, length, tokens[row], positions[row], targetPositions[row]);
    }
    return run();
  }

  private float[][] run() {
    team.run(work);
    length++;
    if (pass.range() == Range.NONE) {
      return NO_LOGITS;
    }
    for (int row = 0; row < batch; row++) {
      logits[row] = pass.logits(slots.of(row));
    }
    return logits;
  }

  /**
   * Gives every row its next inputs, up to the one before {@code end}, many of them at once: as
   * many calls of {@link #step} would find the same bits in more time. Of each array the first
   * {@link #batch} elements are read, and of these what stands at the inputs' indices.
   *
   * @param tokens token ids of each row, 0 to V − 1, the order token first
   * @param positions positions of the tokens of each row, 0 to P − 1
   * @param targetPositions positions of the tokens to be predicted, 0 to P − 1
   * @param end the length that the rows will have
   * @param range which logits to compute
   * @param reader gets them
   */
  public void give(
      int[][] tokens,
      int[][] positions,
      int[][] targetPositions,
      int end,
      Range range,
      LogitsReader reader) {
    if (end > config.sequenceLength() || end < length) {
      throw new IllegalArgumentException(
          String.format(
              "inputs up to %d were given to rows that have had %d of %d",
              end, length, config.sequenceLength()));
    }
    for (int row = 0; row < batch; row++) {
      for (int input = length; input < end; input++) {
        require("position", positions[row][input], vocabulary.positions());
        require("target position", targetPositions[row][input], vocabulary.positions());
        requireToken(tokens[row][input], input);
      }
    }
    while (length < end) {
      requireInput();
      int count = Math.min(end, (length / Pass.BLOCK + 1) * Pass.BLOCK) - length;
      int together = Math.max(1, pass.capacity() / count);
      for (int first = 0; first < batch; first += together) {
        int rows = Math.min(together, batch - first);
        pass.begin(rows * count, false, range);
        for (int i = 0; i < rows * count; i++) {
          int row = first + i / count;
          int input = length + i % count;
          set(
              i,
              row,
              input,
              tokens[row][input],
              positions[row][input],
              targetPositions[row][input]);
        }
        team.run(work);
        if (range != Range.NONE) {
          int firstRow = first;
          share(
              rows * count,
              i -> reader.read(firstRow + i / count, length + i % count, pass.logits(i)));
        }
      }
      length += count;
    }
  }

  /** Does something for each of some rows, shared out among the decoder's threads. */
  void share(int rows, IntConsumer task) {
    int threads = team.members();
    team.run(
        member -> {
          for (int row = member; row < rows; row += threads) {
            task.accept(row);
          }
        });
  }

  private void requireInput() {
    if (batch == 0) {
      throw new IllegalStateException("the decoder has no rows yet");
    }
    if (length == config.sequenceLength()) {
      throw new IllegalStateException("all " + length + " inputs of the sequences have been given");
    }
  }

  /** Before anything is done: a step that is refused leaves no trace. */
  private void requireTokens(int[] tokens) {
    for (int row = 0; row < batch; row++) {
      requireToken(tokens[row], length);
    }
  }

  private void requireToken(int token, int input) {
    if (input == 0) {
      require("order token", token, vocabulary.orders());
    } else {
      require("token", token, vocabulary.size());
    }
  }

  private void set(int passRow, int row, int input, int token, int position, int targetPosition) {
    int slot = slots.of(row);
    if (input == 0) {
      orders[slot] = token;
      seen[slot].clear();
    }
    seen[slot].add(token, position);
    pass.set(passRow, slot, input, orders[slot], token, position, targetPosition);
    seen[slot].around(targetPosition, pass.neighbours(passRow), 0);
  }

  private void work(int member) {
    members[member].run(pass);
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
