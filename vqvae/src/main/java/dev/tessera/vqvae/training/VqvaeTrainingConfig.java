package dev.tessera.vqvae.training;

import dev.tessera.engine.train.AdamW;
import dev.tessera.engine.train.LearningRate;
import dev.tessera.vqvae.picture.Augmentation;

/**
 * How stage 1 learns.
 *
 * @param batch pictures per step, 1 to 4,096
 * @param rate of learning
 * @param optimiser its constants
 * @param averageDecay of the moving average of the weights, 0 to below 1
 * @param augmentation of every picture at every step
 */
public record VqvaeTrainingConfig(
    int batch,
    LearningRate rate,
    AdamW.Options optimiser,
    double averageDecay,
    Augmentation augmentation) {
  public VqvaeTrainingConfig {
    if (batch < 1 || batch > 4096) {
      throw new IllegalArgumentException("batch is " + batch + ", but must be 1 to 4096");
    }
  }
}
