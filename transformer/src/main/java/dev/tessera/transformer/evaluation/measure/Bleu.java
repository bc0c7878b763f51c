package dev.tessera.transformer.evaluation.measure;

import dev.tessera.transformer.evaluation.feature.PictureLabels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU of a set of texts (Papineni et al., ACL 2002, section 2.3): the geometric mean of the
 * precisions of n-grams of words, each n-gram counted at most as often as in one of the references,
 * times a penalty for texts that are shorter than their references. The counts are pooled over the
 * set; words are those of {@link PictureLabels#words}; nothing is smoothed, so a set without one
 * right n-gram of the longest kind has BLEU 0.
 */
public final class Bleu {
  private final long[] matched;
  private final long[] total;
  private long length;
  private long referenceLength;

  /**
   * @param longest n-grams that count, 1 to {@code longest} words: 4 for BLEU as it is usually
   *     given
   */
  public Bleu(int longest) {
    if (longest < 1) {
      throw new IllegalArgumentException("longest is " + longest + ", but must be at least 1");
    }
    matched = new long[longest];
    total = new long[longest];
  }

  /**
   * Takes a text in.
   *
   * @param references at least one
   */
  public void add(String text, List<String> references) {
    List<String> words = PictureLabels.words(text);
    List<List<String>> truths = references.stream().map(PictureLabels::words).toList();
    length += words.size();
    referenceLength += closest(words.size(), truths);
    for (int n = 1; n <= total.length; n++) {
      Map<List<String>, Integer> own = counts(words, n);
      Map<List<String>, Integer> most = new HashMap<>();
      for (List<String> truth : truths) {
        counts(truth, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
      }
      for (Map.Entry<List<String>, Integer> entry : own.entrySet()) {
        matched[n - 1] += Math.min(entry.getValue(), most.getOrDefault(entry.getKey(), 0));
        total[n - 1] += entry.getValue();
      }
    }
  }

  /** The length of the reference that is closest in length; of two the shorter one. */
  private static int closest(int length, List<List<String>> references) {
    int best = references.get(0).size();
    for (List<String> reference : references) {
      int difference = Math.abs(reference.size() - length) - Math.abs(best - length);
      if (difference < 0 || (difference == 0 && reference.size() < best)) {
        best = reference.size();
      }
    }
    return best;
  }

  private static Map<List<String>, Integer> counts(List<String> words, int n) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= words.size(); i++) {
      counts.merge(words.subList(i, i + n), 1, Integer::sum);
    }
    return counts;
  }

  /** 0 to 1; not a number if nothing was taken in. */
  public double value() {
    if (referenceLength == 0) {
      return Double.NaN;
    }
    double logs = 0;
    for (int i = 0; i < total.length; i++) {
      if (matched[i] == 0) {
        return 0;
      }
      logs += Math.log((double) matched[i] / total[i]) / total.length;
    }
    double penalty = length >= referenceLength ? 0 : 1 - (double) referenceLength / length;
    return Math.exp(penalty + logs);
  }
}
