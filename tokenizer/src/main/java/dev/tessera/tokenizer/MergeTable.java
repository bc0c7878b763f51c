package dev.tessera.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** Which pairs of ids are joined, and in which order. */
final class MergeTable {
  private static final int NONE = -1;

  /**
   * {@code left << 32 | right << 16 | made}, sorted: every id fits 16 bits, and one binary search
   * finds what a pair makes.
   */
  private final long[] table;

  /** Merge i makes 256 + i of {@code left[i]} and {@code right[i]}. */
  MergeTable(int[] left, int[] right) {
    table = new long[left.length];
    for (int i = 0; i < left.length; i++) {
      table[i] = key(left[i], right[i]) | (256 + i);
    }
    Arrays.sort(table);
    for (int i = 1; i < table.length; i++) {
      if (table[i] >>> 16 == table[i - 1] >>> 16) {
        int first = (int) (table[i - 1] & 0xFFFF) - 256;
        int second = (int) (table[i] & 0xFFFF) - 256;
        throw new IllegalArgumentException(
            "tokenizer merge %d: repeats merge %d".formatted(second, first));
      }
    }
  }

  /**
   * Joins pairs, the earliest merge first and of one merge the leftmost pair first, until no pair
   * can be joined. Takes n log n steps for n bytes.
   *
   * <p>With dropout (Provilkov et al., <i>BPE-dropout</i>, ACL 2020, algorithm 1), each pair that
   * could be joined is passed over with that probability, anew for every join, and the first one
   * that is not is joined; the end is reached when all are passed over.
   *
   * @param ids bytes; used as memory to work in
   * @param dropout 0 to 1; nothing is drawn for 0
   */
  int[] apply(int[] ids, double dropout, RandomGenerator random) {
    int n = ids.length;
    int[] next = new int[n];
    int[] previous = new int[n];
    // made << 32 | position. An entry is out of date when its pair has changed since.
    PriorityQueue<Long> queue = new PriorityQueue<>();
    List<Long> passedOver = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      previous[i] = i - 1;
      next[i] = i + 1;
      offer(queue, ids, i, i + 1);
    }
    while (!queue.isEmpty()) {
      long entry = queue.remove();
      int made = (int) (entry >>> 32);
      int at = (int) entry;
      int second = next[at];
      if (ids[at] == NONE || second >= n || made(ids[at], ids[second]) != made) {
        continue;
      }
      if (dropout > 0 && random.nextDouble() < dropout) {
        passedOver.add(entry);
        continue;
      }
      queue.addAll(passedOver);
      passedOver.clear();
      ids[at] = made;
      ids[second] = NONE;
      next[at] = next[second];
      if (next[at] < n) {
        previous[next[at]] = at;
      }
      offer(queue, ids, at, next[at]);
      if (previous[at] >= 0) {
        offer(queue, ids, previous[at], at);
      }
    }
    return Arrays.stream(ids).filter(id -> id != NONE).toArray();
  }

  private void offer(PriorityQueue<Long> queue, int[] ids, int at, int second) {
    if (second < ids.length) {
      int made = made(ids[at], ids[second]);
      if (made != NONE) {
        queue.add((long) made << 32 | at);
      }
    }
  }

  /** The id that a pair makes, or {@link #NONE}. */
  private int made(int left, int right) {
    long key = key(left, right);
    int place = Arrays.binarySearch(table, key);
    // No id below 256 is made, so the bare key is never in the table: place is where it would go.
    int found = -place - 1;
    return found < table.length && table[found] >>> 16 == key >>> 16
        ? (int) (table[found] & 0xFFFF)
        : NONE;
  }

  private static long key(int left, int right) {
    return (long) left << 32 | (long) right << 16;
  }
}
