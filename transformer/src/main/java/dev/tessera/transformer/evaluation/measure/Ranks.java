package dev.tessera.transformer.evaluation.measure;

import java.util.Arrays;

/**
 * Where right answers stand among all, best first.
 *
 * @param ranks of each question, from 1 on
 * @param candidates that each question had, at least 1
 */
public record Ranks(int[] ranks, int candidates) {
  public Ranks {
    for (int rank : ranks) {
      if (rank < 1 || rank > candidates) {
        throw new IllegalArgumentException("rank is " + rank + ", but must be 1 to " + candidates);
      }
    }
  }

  /**
   * The ranks of right answers by their scores.
   *
   * @param scores [questions][candidates], higher for better; ties count against the right answer
   * @param right index of the right candidate of each question
   */
  public static Ranks of(double[][] scores, int[] right) {
    int[] ranks = new int[scores.length];
    for (int i = 0; i < scores.length; i++) {
      ranks[i] = 1;
      for (int j = 0; j < scores[i].length; j++) {
        ranks[i] += j != right[i] && scores[i][j] >= scores[i][right[i]] ? 1 : 0;
      }
    }
    return new Ranks(ranks, scores[0].length);
  }

  /** The share of right answers among the first k; not a number without questions. */
  public double recallAt(int k) {
    return (double) Arrays.stream(ranks).filter(rank -> rank <= k).count() / ranks.length;
  }

  /** What {@link #recallAt} is for whoever orders the candidates at random. */
  public double chanceAt(int k) {
    return Math.min(1, (double) k / candidates);
  }
}
