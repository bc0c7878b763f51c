package dev.tessera.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The definition of byte-level BPE, one line at a time: recounts everything for every merge. */
final class NaiveBpe {
  final List<List<Integer>> merges = new ArrayList<>();

  /** Learns up to {@code wanted} merges. */
  static NaiveBpe train(Collection<String> captions, int wanted) {
    NaiveBpe bpe = new NaiveBpe();
    List<List<Integer>> pieces = new ArrayList<>();
    for (String caption : captions) {
      pieces.addAll(pieces(caption));
    }
    while (bpe.merges.size() < wanted) {
      Map<Long, Integer> counts = new TreeMap<>();
      for (List<Integer> piece : pieces) {
        for (int i = 0; i + 1 < piece.size(); i++) {
          counts.merge((long) piece.get(i) << 32 | piece.get(i + 1), 1, Integer::sum);
        }
      }
      long best = -1;
      int most = 1;
      for (Map.Entry<Long, Integer> entry : counts.entrySet()) {
        int left = (int) (entry.getKey() >>> 32);
        int right = (int) (long) entry.getKey();
        boolean fits = bpe.bytes(left) + bpe.bytes(right) <= Bpe.MAXIMUM_TOKEN_BYTES;
        if (fits && entry.getValue() > most) {
          most = entry.getValue();
          best = entry.getKey();
        }
      }
      if (best < 0) {
        break;
      }
      bpe.merges.add(List.of((int) (best >>> 32), (int) best));
      int last = bpe.merges.size() - 1;
      pieces.replaceAll(piece -> bpe.join(piece, last));
    }
    return bpe;
  }

  /** Applies every merge in turn to each piece. */
  int[] encode(String text) {
    List<Integer> ids = new ArrayList<>();
    for (List<Integer> piece : pieces(text)) {
      List<Integer> joined = piece;
      for (int merge = 0; merge < merges.size(); merge++) {
        joined = join(joined, merge);
      }
      ids.addAll(joined);
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Passes every pair that could be joined over by chance, the earliest merge first and of one
   * merge the leftmost first, and joins the first that is left, until none is.
   */
  int[] encode(String text, double dropout, RandomGenerator random) {
    List<Integer> ids = new ArrayList<>();
    for (List<Integer> piece : pieces(text)) {
      List<Integer> joined = piece;
      for (int at = survivor(joined, dropout, random);
          at >= 0;
          at = survivor(joined, dropout, random)) {
        int made = 256 + merges.indexOf(joined.subList(at, at + 2));
        List<Integer> next = new ArrayList<>(joined.subList(0, at));
        next.add(made);
        next.addAll(joined.subList(at + 2, joined.size()));
        joined = next;
      }
      ids.addAll(joined);
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private int survivor(List<Integer> piece, double dropout, RandomGenerator random) {
    for (List<Integer> merge : merges) {
      for (int at = 0; at + 1 < piece.size(); at++) {
        if (piece.subList(at, at + 2).equals(merge) && random.nextDouble() >= dropout) {
          return at;
        }
      }
    }
    return -1;
  }

  private List<Integer> join(List<Integer> piece, int merge) {
    List<Integer> joined = new ArrayList<>();
    for (int i = 0; i < piece.size(); i++) {
      if (i + 1 < piece.size() && piece.subList(i, i + 2).equals(merges.get(merge))) {
        joined.add(256 + merge);
        i++;
      } else {
        joined.add(piece.get(i));
      }
    }
    return joined;
  }

  private int bytes(int id) {
    return id < 256 ? 1 : merges.get(id - 256).stream().mapToInt(this::bytes).sum();
  }

  private static List<List<Integer>> pieces(String text) {
    List<List<Integer>> pieces = new ArrayList<>();
    for (String piece : new CaptionSplitter().split(text)) {
      List<Integer> ids = new ArrayList<>();
      for (byte b : piece.getBytes(UTF_8)) {
        ids.add(Byte.toUnsignedInt(b));
      }
      pieces.add(ids);
    }
    return pieces;
  }
}
