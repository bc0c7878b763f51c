package dev.tessera.transformer.ranker;

import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.vqvae.caption.Keywords;
import dev.tessera.vqvae.picture.Augmentation;

/**
 * How a ranker learns.
 *
 * @param batch pairs per step, which are all held against each other, 2 to 4,096
 * @param rate of learning
 * @param optimiser its constants
 * @param averageDecay of the moving average of the weights, 0 to below 1
 * @param reconstructedShare share of the pictures that are shown as the codebook can express them,
 *     0 to 1: what is to be ranked are pictures of that kind
 * @param augmentation of every picture at every step
 * @param keywords how captions vary that are lists of keywords
 * @param evaluations over the whole training, as many checkpoints, 1 to 10,000
 */
public record RankerTrainingConfig(
    int batch,
    LearningRate rate,
    Optimiser.Options optimiser,
    double averageDecay,
    double reconstructedShare,
    Augmentation augmentation,
    Keywords keywords,
    int evaluations) {
  /** What is used where nothing else is asked for. */
  public static final RankerTrainingConfig DEFAULT =
      new RankerTrainingConfig(
          128,
          new LearningRate(1e-3, 50, 0, LearningRate.Decay.COSINE, 0.02),
          new Optimiser.Options(0.9, 0.98, 0.2, 1),
          0.99,
          0.25,
          new Augmentation(2, true, 0.8, 8, 0.1),
          new Keywords(true, 0.2),
          8);

  public RankerTrainingConfig {
    if (batch < 2 || batch > 4096) {
      throw new IllegalArgumentException("batch is " + batch + ", but must be 2 to 4096");
    }
    if (!(reconstructedShare >= 0 && reconstructedShare <= 1)) {
      throw new IllegalArgumentException(
          "reconstructed share is " + reconstructedShare + ", but must be 0 to 1");
    }
    if (evaluations < 1 || evaluations > 10_000) {
      throw new IllegalArgumentException(
          "evaluations is " + evaluations + ", but must be 1 to 10000");
    }
  }
}
