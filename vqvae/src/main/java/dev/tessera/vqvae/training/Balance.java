package dev.tessera.vqvae.training;

import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;

/**
 * How much the adversarial loss counts: its weight follows the gradients, and is halved for good
 * each time that training had to go back. All is kept in single precision, as checkpoints have it.
 */
final class Balance {
  private static final String NAME = "balance";
  private static final double LARGEST_RATIO = 1e4;
  private static final double LEAST_NORM = 1e-8;

  private final double maximumDrop;
  private float ratio;
  private float share = 1;
  private float bestPsnr = Float.NEGATIVE_INFINITY;

  Balance(double maximumDrop) {
    this.maximumDrop = maximumDrop;
  }

  /**
   * Takes the lengths of two gradients for the last layer of the decoder in (Esser et al., 2021,
   * equation 7).
   */
  void measured(double reconstruction, double adversarial) {
    ratio = (float) Math.min(LARGEST_RATIO, reconstruction / Math.max(LEAST_NORM, adversarial));
  }

  /** What the adversarial loss is multiplied by, before its configured weight and ramp. */
  double factor() {
    return ratio * share;
  }

  /** What is left of the weight after all halvings. */
  double share() {
    return share;
  }

  /** Takes a held-out PSNR in; whether it is too low to go on from here. */
  boolean isHarmed(double psnr, boolean active) {
    if (active && !(psnr >= bestPsnr - maximumDrop)) {
      return true;
    }
    bestPsnr = (float) Math.max(bestPsnr, psnr);
    return false;
  }

  /** Halves the weight. */
  void backOff() {
    share /= 2;
  }

  /**
   * Saves all this.
   *
   * @param steps of the discriminator, saved with it; exact below 2²⁴
   */
  void addTo(TensorMap tensors, long steps) {
    float[] values = {ratio, share, bestPsnr, steps};
    tensors.put(NAME, new Tensor(new long[] {values.length}, values));
  }

  /**
   * Goes back to what was saved.
   *
   * @param tensors those that {@link #addTo} added to
   * @param keepShare whether halvings since then stay
   * @return steps of the discriminator
   */
  long restore(TensorMap tensors, boolean keepShare) {
    float[] saved = tensors.get(NAME, new long[] {4}).data();
    ratio = saved[0];
    share = keepShare ? share : saved[1];
    bestPsnr = saved[2];
    return (long) saved[3];
  }
}
