package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSample;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Likelihood;
import dev.tessera.transformer.naming.CaptionFit;
import dev.tessera.transformer.naming.Namer;
import dev.tessera.transformer.ranker.RankBy;
import dev.tessera.transformer.ranker.Ranker;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes several samples for each text and chooses the best, in each way of {@link RankBy}. */
final class Reranked {
  private final Bundle bundle;
  private final IncrementalDecoder decoder;
  private final PictureCodec codec;
  private final EvaluationSettings settings;
  private final EvaluationListener listener;

  Reranked(
      Bundle bundle,
      IncrementalDecoder decoder,
      PictureCodec codec,
      EvaluationSettings settings,
      EvaluationListener listener) {
    this.bundle = bundle;
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
   * @return the best of each by likelihood; by the ranker, if there is one; by all that the model
   *     has, if that is more than the likelihood
   */
  Map<RankBy, List<Rgb>> choose(List<int[]> texts, List<ImageSample> first) {
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
    Map<RankBy, List<Rgb>> best = new EnumMap<>(RankBy.class);
    scores(asked, codes, pictures)
        .forEach((by, scores) -> best.put(by, best(scores, pictures, texts.size())));
    listener.progress("choosing", 1, 1);
    return best;
  }

  /** Of each text the best of its pictures, which lie as many apart as there are texts. */
  private static List<Rgb> best(double[] scores, List<Rgb> pictures, int texts) {
    List<Rgb> best = new ArrayList<>();
    for (int i = 0; i < texts; i++) {
      int chosen = i;
      for (int other = i; other < scores.length; other += texts) {
        chosen = scores[other] > scores[chosen] ? other : chosen;
      }
      best.add(pictures.get(chosen));
    }
    return best;
  }

  private Map<RankBy, double[]> scores(List<int[]> texts, List<int[]> codes, List<Rgb> pictures) {
    Map<RankBy, double[]> scores = new EnumMap<>(RankBy.class);
    double[] likelihoods = new Likelihood(decoder).textGivenImage(texts, codes, () -> false);
    scores.put(RankBy.LIKELIHOOD, likelihoods);
    Optional<double[]> cosines = bundle.ranker().map(it -> cosines(it, pictures, texts));
    cosines.ifPresent(it -> scores.put(RankBy.RANKER, it));
    Optional<Namer> namer = bundle.naming().map(Bundle.TrainedNaming::namer);
    if (cosines.isPresent() || namer.isPresent()) {
      CaptionFit fit = new CaptionFit(bundle.stage2().orElseThrow().tokenizer(), namer);
      scores.put(RankBy.ALL, fit.ofPictures(pictures, texts, likelihoods, cosines, () -> false));
    }
    return scores;
  }

  private static double[] cosines(
      Bundle.TrainedRanker trained, List<Rgb> pictures, List<int[]> texts) {
    try (Ranker ranker = new Ranker(trained.config(), trained.parameters(), Execution::best)) {
      return ranker.fits(pictures, texts);
    }
  }
}
