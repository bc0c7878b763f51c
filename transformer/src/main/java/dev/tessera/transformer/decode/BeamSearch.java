package dev.tessera.transformer.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Looks for the captions of the highest log-likelihood per token.
 *
 * <p>The beam holds unfinished texts of one length, those of the highest log-likelihood. Every text
 * that ends leaves it for the list of finished ones. The search stops when no text in the beam can
 * become better than the finished ones that are wanted: a log-likelihood never rises, and a text of
 * all slots divides it by the most tokens. Ties go to the earlier text and the lower id.
 *
 * @param width texts in the beam, and captions that are returned at most
 * @param maximumTokens tokens of a caption at most, the end included; at least 2
 * @param end id of the end of text
 */
record BeamSearch(int width, int maximumTokens, int end) {

  /** The model, as far as the search sees it. */
  @FunctionalInterface
  interface Extender {
    /**
     * Logits of the next token.
     *
     * @param parents for each text of the beam, its index in the beam before
     * @param tokens the last id of each text of the beam; −1 for the empty text that it starts with
     * @return one row for each text of the beam
     */
    float[][] extend(int[] parents, int[] tokens);
  }

  private record Candidate(int parent, int token, double logLikelihood) {}

  private record Hypothesis(int[] bpe, double logLikelihood) {}

  private static final Comparator<Candidate> LIKELIEST =
      Comparator.comparingDouble(Candidate::logLikelihood)
          .reversed()
          .thenComparingInt(Candidate::parent)
          .thenComparingInt(Candidate::token);

  /** The best captions found, best first; none is empty. */
  List<Caption> search(Extender model) {
    List<Caption> finished = new ArrayList<>();
    List<Hypothesis> beam = List.of(new Hypothesis(new int[0], 0));
    int[] parents = {0};
    int[] tokens = {-1};
    for (int slot = 0; slot < maximumTokens; slot++) {
      float[][] logits = model.extend(parents, tokens);
      List<Candidate> candidates = new ArrayList<>();
      for (int row = 0; row < beam.size(); row++) {
        Hypothesis text = beam.get(row);
        double start = text.logLikelihood() - Logits.logSumExp(logits[row]);
        if (slot > 0) {
          finished.add(Caption.of(text.bpe(), start + logits[row][end]));
        }
        if (slot + 1 < maximumTokens) {
          // A row can fill the beam at most once.
          int[] ranking = Logits.ranking(logits[row]);
          for (int rank = 0; rank < Math.min(width + 1, ranking.length); rank++) {
            int token = ranking[rank];
            if (token != end) {
              candidates.add(new Candidate(row, token, start + logits[row][token]));
            }
          }
        }
      }
      // The sort is stable: among equals the shorter one stays first.
      finished.sort(Comparator.comparingDouble(Caption::perToken).reversed());
      candidates.sort(LIKELIEST);
      List<Candidate> kept = candidates.subList(0, Math.min(width, candidates.size()));
      if (kept.isEmpty() || isSettled(finished, kept.get(0).logLikelihood())) {
        break;
      }
      List<Hypothesis> next = new ArrayList<>();
      for (Candidate candidate : kept) {
        int[] before = beam.get(candidate.parent()).bpe();
        int[] bpe = Arrays.copyOf(before, before.length + 1);
        bpe[before.length] = candidate.token();
        next.add(new Hypothesis(bpe, candidate.logLikelihood()));
      }
      parents = kept.stream().mapToInt(Candidate::parent).toArray();
      tokens = kept.stream().mapToInt(Candidate::token).toArray();
      beam = next;
    }
    return List.copyOf(finished.subList(0, Math.min(width, finished.size())));
  }

  private boolean isSettled(List<Caption> finished, double bestLive) {
    return finished.size() >= width
        && finished.get(width - 1).perToken() >= bestLive / maximumTokens;
  }
}
