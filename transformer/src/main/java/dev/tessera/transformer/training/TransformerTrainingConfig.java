package dev.tessera.transformer.training;

import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.transformer.model.Dropout;
import dev.tessera.vqvae.caption.Keywords;
import dev.tessera.vqvae.picture.Augmentation;

/**
 * How stage 2 learns.
 *
 * @param batch sequences per step, 1 to 4,096
 * @param accumulation parts of a step, computed one after another, which takes less memory; divides
 *     the batch
 * @param rate of learning
 * @param optimiser its constants
 * @param averageDecay of the moving average of the weights, 0 to below 1
 * @param reverseShare share of captioned pictures that are shown before their caption, 0 to 1
 * @param droppedShare share of the other captioned pictures that are shown without it, 0 to 1: what
 *     sampling without a prompt and guidance rely on (Ho, Salimans, 2022, section 3.2)
 * @param infillShare share of the pictures not shown before their caption that are shown with a
 *     hole to be filled, 0 to 1; above 0, the model has an order for that
 * @param bpeDropout chance that a merge of a caption's tokens is passed over, 0 to 1: what a
 *     picture is drawn from comes in smaller parts at times (Ramesh et al., 2021, section 2.2)
 * @param dropout chance of each number in the residual stream to be left out, 0 to 0.9
 * @param variants forms in which each picture is tokenised, the first unchanged, 1 to 100
 * @param augmentation that makes the other forms
 * @param keywords how captions vary that are lists of keywords
 */
public record TransformerTrainingConfig(
    int batch,
    int accumulation,
    LearningRate rate,
    Optimiser.Options optimiser,
    double averageDecay,
    double reverseShare,
    double droppedShare,
    double infillShare,
    double bpeDropout,
    double dropout,
    int variants,
    Augmentation augmentation,
    Keywords keywords) {
  public TransformerTrainingConfig {
    if (batch < 1 || batch > 4096) {
      throw new IllegalArgumentException("batch is " + batch + ", but must be 1 to 4096");
    }
    if (accumulation < 1 || batch % accumulation != 0) {
      throw new IllegalArgumentException(
          "accumulation is " + accumulation + ", but must divide the batch of " + batch);
    }
    requireShare("reverse share", reverseShare);
    requireShare("dropped share", droppedShare);
    requireShare("infill share", infillShare);
    requireShare("BPE dropout", bpeDropout);
    new Dropout(dropout);
    if (variants < 1 || variants > 100) {
      throw new IllegalArgumentException("variants is " + variants + ", but must be 1 to 100");
    }
  }

  /** Sequences in each part of a step. */
  public int part() {
    return batch / accumulation;
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be 0 to 1");
    }
  }
}
