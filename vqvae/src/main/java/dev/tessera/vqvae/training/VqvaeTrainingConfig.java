package dev.tessera.vqvae.training;

import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.vqvae.picture.Augmentation;

/**
 * How stage 1 learns.
 *
 * @param batch pictures per step, 1 to 4,096
 * @param accumulation parts of a step, computed one after another, which takes less memory; divides
 *     the batch
 * @param rate of learning
 * @param optimiser its constants
 * @param averageDecay of the moving average of the weights, 0 to below 1
 * @param augmentation of every picture at every step
 * @param adversary to learn against
 */
public record VqvaeTrainingConfig(
    int batch,
    int accumulation,
    LearningRate rate,
    Optimiser.Options optimiser,
    double averageDecay,
    Augmentation augmentation,
    Adversary adversary) {
  public VqvaeTrainingConfig {
    if (batch < 1 || batch > 4096) {
      throw new IllegalArgumentException("batch is " + batch + ", but must be 1 to 4096");
    }
    if (accumulation < 1 || batch % accumulation != 0) {
      throw new IllegalArgumentException(
          "accumulation is " + accumulation + ", but must divide the batch of " + batch);
    }
  }

  /** The same against another adversary. */
  public VqvaeTrainingConfig with(Adversary other) {
    return new VqvaeTrainingConfig(
        batch, accumulation, rate, optimiser, averageDecay, augmentation, other);
  }

  /** Pictures in each part of a step. */
  public int part() {
    return batch / accumulation;
  }
}
