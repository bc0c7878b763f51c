package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.decode.SamplingOptions;

/**
 * How much of everything is measured.
 *
 * @param pictures held-out pictures at most, and samples as many, at least 2
 * @param trainingPictures that the judge learns from and that samples are compared with at most, at
 *     least 2
 * @param captionedPictures held-out pictures that the model writes captions for at most
 * @param beams texts that are followed at once when it does, at least 1
 * @param questions of retrieval each way at most
 * @param candidates of each question, the right one included, at least 2
 * @param resamples of the bootstrap, at least 1
 * @param rerank samples for each caption of which the best is judged, too, beside the first; chosen
 *     by likelihood, by the model's ranker and by all that it has; 1 for no choice
 * @param sampling of pictures; its seed is that of everything drawn
 */
public record EvaluationSettings(
    int pictures,
    int trainingPictures,
    int captionedPictures,
    int beams,
    int questions,
    int candidates,
    int resamples,
    int rerank,
    SamplingOptions sampling) {
  /** What ends within five minutes on two cores for a model of the demo's size. */
  public static final EvaluationSettings DEFAULT =
      new EvaluationSettings(500, 20_000, 128, 8, 64, 16, 200, 1, SamplingOptions.DEFAULT);

  public EvaluationSettings {
    requireAtLeast("pictures", pictures, 2);
    requireAtLeast("training pictures", trainingPictures, 2);
    requireAtLeast("captioned pictures", captionedPictures, 0);
    requireAtLeast("beams", beams, 1);
    requireAtLeast("questions", questions, 0);
    requireAtLeast("candidates", candidates, 2);
    requireAtLeast("resamples", resamples, 1);
    requireAtLeast("rerank", rerank, 1);
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be at least " + least);
    }
  }

  /** The seed of everything drawn. */
  public long seed() {
    return sampling.seed();
  }

  public EvaluationSettings withPictures(int value) {
    return new EvaluationSettings(
        value,
        trainingPictures,
        captionedPictures,
        beams,
        questions,
        candidates,
        resamples,
        rerank,
        sampling);
  }

  public EvaluationSettings withRerank(int value) {
    return new EvaluationSettings(
        pictures,
        trainingPictures,
        captionedPictures,
        beams,
        questions,
        candidates,
        resamples,
        value,
        sampling);
  }

  public EvaluationSettings withSampling(SamplingOptions value) {
    return new EvaluationSettings(
        pictures,
        trainingPictures,
        captionedPictures,
        beams,
        questions,
        candidates,
        resamples,
        rerank,
        value);
  }
}
