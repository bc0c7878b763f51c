package dev.tessera.vqvae.training;

import dev.tessera.vqvae.model.PatchDiscriminator;

/** Whether stage 1 learns from what the error of pixels cares little for. */
public sealed interface Adversary {

  /** It does not. */
  record None() implements Adversary {}

  /**
   * It does: from details at once, and from some time on against a discriminator (Esser, Rombach,
   * Ommer, CVPR 2021, section 3.1).
   *
   * @param start share of the budget after which the discriminator learns, 0 to below 1: what it is
   *     to judge must be worth it
   * @param ramp share of the budget over which its weight grows from 0, 0 to 1
   * @param weight of the adversarial loss, such that at 1 its gradient for the last layer of the
   *     decoder is as long as that of the reconstruction, 0 to 10
   * @param adaptEvery steps from one measurement of these gradients to the next, 1 to 10,000
   * @param features weight, within the adversarial loss, of how unlike the discriminator's features
   *     of both pictures are, 0 to 1,000: it stands in for a perceptual network
   * @param edges weight of {@link dev.tessera.vqvae.model.DetailLoss#edges} beside the mean square,
   *     from the first step on, 0 to 100
   * @param scales likewise the weight of {@link dev.tessera.vqvae.model.DetailLoss#scales}, 0 to
   *     100
   * @param maximumDrop of the held-out PSNR below its best so far, in dB, above 0 to 20; where it
   *     drops further, training goes back to the last checkpoint and the weight is halved
   * @param rate of the discriminator's learning, above 0 to 1
   * @param discriminator its size
   */
  record Patches(
      double start,
      double ramp,
      double weight,
      int adaptEvery,
      double features,
      double edges,
      double scales,
      double maximumDrop,
      double rate,
      PatchDiscriminator.Shape discriminator)
      implements Adversary {
    /** What {@code --adversarial} stands for. */
    public static final Patches DEFAULT =
        new Patches(0.6, 0.1, 0.2, 32, 4, 2.5, 0, 0.8, 5e-4, new PatchDiscriminator.Shape(64, 2));

    public Patches {
      require("start", start, start >= 0 && start < 1, "0 to below 1");
      require("ramp", ramp, ramp >= 0 && ramp <= 1, "0 to 1");
      require("weight", weight, weight >= 0 && weight <= 10, "0 to 10");
      require("adaptEvery", adaptEvery, adaptEvery >= 1 && adaptEvery <= 10_000, "1 to 10000");
      require("features", features, features >= 0 && features <= 1000, "0 to 1000");
      require("edges", edges, edges >= 0 && edges <= 100, "0 to 100");
      require("scales", scales, scales >= 0 && scales <= 100, "0 to 100");
      require("maximumDrop", maximumDrop, maximumDrop > 0 && maximumDrop <= 20, "above 0 to 20");
      require("rate", rate, rate > 0 && rate <= 1, "above 0 to 1");
    }

    private static void require(String name, double value, boolean fits, String range) {
      if (!fits) {
        throw new IllegalArgumentException(
            "adversary " + name + " is " + value + ", but must be " + range);
      }
    }

    /** The share of its weight that the adversarial loss has: 0 until the start, then to 1. */
    double ramped(double progress) {
      if (progress < start) {
        return 0;
      }
      return ramp == 0 ? 1 : Math.min(1, (progress - start) / ramp);
    }
  }
}
