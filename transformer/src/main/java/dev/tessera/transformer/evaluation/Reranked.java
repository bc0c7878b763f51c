package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSample;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Likelihood;
import dev.tessera.transformer.ranker.Ranker;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes several samples for each text and chooses the best, as {@code sample --rerank} does. */
final class Reranked {
  private final Optional<Bundle.TrainedRanker> ranker;
  private final IncrementalDecoder decoder;
  private final PictureCodec codec;
  private final EvaluationSettings settings;
  private final EvaluationListener listener;

  /**
   * @param ranker decides where there is one, else the likelihood of the text given the picture
   */
  Reranked(
      Optional<Bundle.TrainedRanker> ranker,
      IncrementalDecoder decoder,
      PictureCodec codec,
      EvaluationSettings settings,
      EvaluationListener listener) {
    this.ranker = ranker;
    this.decoder = decoder;
    this.codec = codec;
    this.settings = settings;
    this.listener = listener;
  }

  /**
   * Chooses.
   *
   * @param texts ids of each, without the end
   * @param first a sample of each, which is one of the candidates
   * @return the best of each
   */
  List<Rgb> choose(List<int[]> texts, List<ImageSample> first) {
    List<int[]> asked = new ArrayList<>(texts);
    List<int[]> codes = new ArrayList<>();
    first.forEach(sample -> codes.add(sample.codes()));
    List<ImagePrompt> prompts = new ArrayList<>();
    for (int candidate = 1; candidate < settings.rerank(); candidate++) {
      for (int[] text : texts) {
        prompts.add(ImagePrompt.text(text, asked.size()));
        asked.add(text);
      }
    }
    new ImageSampler(decoder)
        .sample(
            prompts,
            settings.sampling(),
            (done, total) -> listener.progress("sampling more to choose from", done, total),
            () -> false)
        .forEach(sample -> codes.add(sample.codes()));
    listener.progress("choosing", 0, 1);
    List<Rgb> pictures = codec.decode(codes.toArray(int[][]::new));
    double[] scores = scores(asked, codes, pictures);
    List<Rgb> best = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      int chosen = i;
      for (int other = i; other < scores.length; other += texts.size()) {
        chosen = scores[other] > scores[chosen] ? other : chosen;
      }
      best.add(pictures.get(chosen));
    }
    listener.progress("choosing", 1, 1);
    return best;
  }

  private double[] scores(List<int[]> texts, List<int[]> codes, List<Rgb> pictures) {
    if (ranker.isPresent()) {
      Bundle.TrainedRanker trained = ranker.get();
      try (Ranker judge = new Ranker(trained.config(), trained.parameters(), Execution::best)) {
        return judge.fits(pictures, texts);
      }
    }
    List<Likelihood.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < codes.size(); i++) {
      pairs.add(new Likelihood.Pair(texts.get(i), codes.get(i)));
    }
    return new Likelihood(decoder).textGivenImage(pairs, () -> false);
  }
}
