package dev.tessera.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns merges. Distinct pieces are counted once; after that each merge touches only the pieces
 * that contain its pair, and the counts of the other pairs in them.
 *
 * <p>Neighbours are counted at every position, so "aaa" holds the pair (a, a) twice, and the result
 * depends on nothing but these sums: not on the order of captions or of any hash map.
 */
final class BpeTrainer {
  private static final int LEAST_OCCURRENCES = 2;

  /**
   * A pair and how often it occurred when it was queued; the count can only have gone down since.
   */
  private record Candidate(long count, Pair pair) {
    static final Comparator<Candidate> BEST_FIRST =
        Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparingInt(candidate -> candidate.pair.left)
            .thenComparingInt(candidate -> candidate.pair.right);
  }

  private record Pair(int left, int right) {}

  /** A distinct piece: its ids so far and how often it occurs. */
  private static final class Piece {
    private int[] ids;
    private final long count;

    Piece(int[] ids, long count) {
      this.ids = ids;
      this.count = count;
    }
  }

  /** How often a pair occurs, and the pieces that held it when it came up. */
  private static final class Occurrences {
    private long count;
    private final List<Piece> pieces = new ArrayList<>(1);

    void addPiece(Piece piece) {
      // A piece adds all of its pairs before the next piece does.
      if (pieces.isEmpty() || pieces.get(pieces.size() - 1) != piece) {
        pieces.add(piece);
      }
    }
  }

  private final Map<Pair, Occurrences> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.BEST_FIRST);
  private final List<Integer> lengths = new ArrayList<>();

  BpeTrainer(Iterable<String> captions) {
    Map<String, Long> counts = new HashMap<>();
    CaptionSplitter splitter = new CaptionSplitter();
    for (String caption : captions) {
      splitter.reset(caption);
      while (splitter.advance()) {
        counts.merge(splitter.getText(), 1L, Long::sum);
      }
    }
    counts.forEach(
        (text, count) -> {
          Piece piece = new Piece(Utf8.ids(text), count);
          for (int i = 0; i + 1 < piece.ids.length; i++) {
            Occurrences found = occurrences(new Pair(piece.ids[i], piece.ids[i + 1]));
            found.count += count;
            found.addPiece(piece);
          }
        });
    for (int b = 0; b < 256; b++) {
      lengths.add(1);
    }
    pairs.keySet().forEach(this::enqueue);
  }

  /** Left and right ids of up to {@code wanted} merges, in two arrays of the same length. */
  int[][] learn(int wanted) {
    int[] left = new int[wanted];
    int[] right = new int[wanted];
    int learned = 0;
    while (learned < wanted && !queue.isEmpty()) {
      Candidate best = queue.remove();
      long count = occurrences(best.pair).count;
      if (count != best.count) {
        enqueue(best.pair);
        continue;
      }
      left[learned] = best.pair.left;
      right[learned] = best.pair.right;
      learned++;
      join(best.pair);
    }
    return new int[][] {Arrays.copyOf(left, learned), Arrays.copyOf(right, learned)};
  }

  private void join(Pair pair) {
    int made = lengths.size();
    lengths.add(lengths.get(pair.left) + lengths.get(pair.right));
    Set<Pair> fresh = new HashSet<>();
    for (Piece piece : occurrences(pair).pieces) {
      int[] joined = join(piece.ids, pair, made);
      if (joined.length == piece.ids.length) {
        continue; // Another merge took the pair apart.
      }
      count(piece, -piece.count);
      piece.ids = joined;
      count(piece, piece.count);
      for (int i = 0; i + 1 < joined.length; i++) {
        if (joined[i] == made || joined[i + 1] == made) {
          Pair neighbours = new Pair(joined[i], joined[i + 1]);
          occurrences(neighbours).addPiece(piece);
          fresh.add(neighbours);
        }
      }
    }
    pairs.remove(pair);
    fresh.forEach(this::enqueue);
  }

  private static int[] join(int[] ids, Pair pair, int made) {
    int[] joined = new int[ids.length];
    int length = 0;
    for (int i = 0; i < ids.length; i++) {
      boolean here = i + 1 < ids.length && ids[i] == pair.left && ids[i + 1] == pair.right;
      joined[length++] = here ? made : ids[i];
      if (here) {
        i++;
      }
    }
    return Arrays.copyOf(joined, length);
  }

  private void count(Piece piece, long change) {
    for (int i = 0; i + 1 < piece.ids.length; i++) {
      occurrences(new Pair(piece.ids[i], piece.ids[i + 1])).count += change;
    }
  }

  private void enqueue(Pair pair) {
    long count = occurrences(pair).count;
    if (count >= LEAST_OCCURRENCES
        && lengths.get(pair.left) + lengths.get(pair.right) <= Bpe.MAXIMUM_TOKEN_BYTES) {
      queue.add(new Candidate(count, pair));
    }
  }

  private Occurrences occurrences(Pair pair) {
    return pairs.computeIfAbsent(pair, absent -> new Occurrences());
  }
}
