package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Neighbourhood;

/**
 * The inputs that go through the model together, and the logits that come of them. Either the next
 * input of each slot, or for some slots several inputs one after the other.
 */
final class Pass {
  /**
   * Several inputs of a slot in one pass lie in one block of these: what they attend to is rounded
   * up to the same length.
   */
  static final int BLOCK = 32;

  private static final float[][] NO_LOGITS = {};

  private final int[] slots;
  private final int[] inputs;
  private final int[] orders;
  private final int[] tokens;
  private final int[] positions;
  private final int[] targetPositions;
  private final int[][] neighbours;
  private final float[][] textLogits;
  private final float[][] imageLogits;
  private int rows;
  private boolean isStep;
  private Range range = Range.NONE;

  /**
   * @param capacity rows at most
   */
  Pass(TransformerConfig config, int capacity) {
    slots = new int[capacity];
    inputs = new int[capacity];
    orders = new int[capacity];
    tokens = new int[capacity];
    positions = new int[capacity];
    targetPositions = new int[capacity];
    neighbours = new int[capacity][new Neighbourhood(config).size()];
    textLogits = new float[capacity][config.textVocabulary()];
    imageLogits = new float[capacity][config.imageVocabulary()];
  }

  /**
   * Begins anew; every row is to be {@link #set}.
   *
   * @param step whether row r will be slot r, all at the same input
   */
  void begin(int count, boolean step, Range wanted) {
    rows = count;
    isStep = step;
    range = wanted;
  }

  /** One of the rows. Those of a slot follow each other, as their inputs do. */
  void set(int row, int slot, int input, int order, int token, int position, int targetPosition) {
    slots[row] = slot;
    inputs[row] = input;
    orders[row] = order;
    tokens[row] = token;
    positions[row] = position;
    targetPositions[row] = targetPosition;
  }

  int rows() {
    return rows;
  }

  int capacity() {
    return slots.length;
  }

  /** Whether row r is slot r, and all rows are at one input. */
  boolean isStep() {
    return isStep;
  }

  Range range() {
    return range;
  }

  int slot(int row) {
    return slots[row];
  }

  /** The end of the rows from {@code row} on that are of the same slot. */
  int endOfSlot(int row) {
    int end = row + 1;
    while (end < rows && slots[end] == slots[row]) {
      end++;
    }
    return end;
  }

  /** Inputs that the row's slot has had before it. */
  int input(int row) {
    return inputs[row];
  }

  /** The order token of the row's sequence. */
  int order(int row) {
    return orders[row];
  }

  int token(int row) {
    return tokens[row];
  }

  int position(int row) {
    return positions[row];
  }

  int targetPosition(int row) {
    return targetPositions[row];
  }

  /** Ids of what is known around the target of a row, to be filled after {@link #set}. */
  int[] neighbours(int row) {
    return neighbours[row];
  }

  /** Where the logits of a row go; not for {@link Range#NONE}. */
  float[] logits(int row) {
    return range == Range.TEXT ? textLogits[row] : imageLogits[row];
  }

  /** Where the logits of all rows go; no elements for {@link Range#NONE}. */
  float[][] logits() {
    return switch (range) {
      case NONE -> NO_LOGITS;
      case TEXT -> textLogits;
      case IMAGE -> imageLogits;
    };
  }
}
