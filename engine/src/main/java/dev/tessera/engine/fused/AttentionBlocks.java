package dev.tessera.engine.fused;

import dev.tessera.engine.graph.AttentionMask;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Which keys each block of queries looks at. Keys that no query of a block sees are left out.
 *
 * @param queries blocks in order, together all positions
 */
record AttentionBlocks(List<Block> queries) {
  private static final int QUERIES = 96;
  private static final int KEYS = 16;

  /**
   * Neighbouring queries.
   *
   * @param first position of the first
   * @param end first position after them
   * @param runs of keys, in order
   */
  record Block(int first, int end, List<Run> runs) {
    int size() {
      return end - first;
    }

    /** Keys of all runs. */
    int columns() {
      return runs.stream().mapToInt(Run::size).sum();
    }
  }

  /**
   * Neighbouring keys.
   *
   * @param first position of the first
   * @param end first position after them
   * @param column of the first among the keys of the block
   * @param masked whether some query of the block may not look at some of them
   */
  record Run(int first, int end, int column, boolean masked) {
    int size() {
      return end - first;
    }
  }

  /** The blocks of sequences of {@code length}. */
  static AttentionBlocks of(AttentionMask mask, int length) {
    List<Block> blocks = new ArrayList<>();
    for (int first = 0; first < length; first += QUERIES) {
      int end = Math.min(length, first + QUERIES);
      blocks.add(new Block(first, end, runs(mask, first, end, length)));
    }
    return new AttentionBlocks(blocks);
  }

  /** Keys are taken or left in groups, so that products keep handy sizes. */
  private static List<Run> runs(AttentionMask mask, int first, int end, int length) {
    List<Run> runs = new ArrayList<>();
    int columns = 0;
    int key = 0;
    while (key < length) {
      int start = key;
      while (key < length && seen(mask, first, end, key, Math.min(length, key + KEYS))) {
        key = Math.min(length, key + KEYS);
      }
      if (key == start) {
        key = Math.min(length, key + KEYS);
      } else {
        int last = Math.min(key, end); // nobody looks ahead
        runs.add(new Run(start, last, columns, !fullySeen(mask, first, end, start, last)));
        columns += last - start;
      }
    }
    return runs;
  }

  private static boolean seen(AttentionMask mask, int first, int end, int key, int keyEnd) {
    for (int query = first; query < end; query++) {
      for (int k = key; k < keyEnd; k++) {
        if (mask.attends(query, k)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean fullySeen(AttentionMask mask, int first, int end, int key, int keyEnd) {
    for (int query = first; query < end; query++) {
      for (int k = key; k < keyEnd; k++) {
        if (!mask.attends(query, k)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Elements of all matrices of scores, for one head. */
  long total() {
    return sizes().sum();
  }

  /** Elements of the largest matrix of scores, for one head. */
  long largest() {
    return sizes().max().orElse(0);
  }

  private LongStream sizes() {
    return queries.stream().mapToLong(block -> (long) block.size() * block.columns());
  }
}
