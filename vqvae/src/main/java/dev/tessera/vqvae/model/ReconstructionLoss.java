package dev.tessera.vqvae.model;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Ops;

/**
 * What the decoder's numbers are held against the pixels by. Pixels are [B, H, W, 3] with values
 * from −1 to 1; so is what the decoder's numbers are shown as, apart from values a little outside.
 */
public enum ReconstructionLoss {
  /** The mean squared error, which PSNR measures. */
  SQUARED_ERROR {
    @Override
    GraphTensor errors(Ops ops, GraphTensor location, GraphTensor logScale, GraphTensor pixels) {
      GraphTensor difference = ops.subtract(location, pixels);
      return ops.multiply(difference, difference);
    }
  },

  /** The mean absolute error, which blurs less. */
  ABSOLUTE_ERROR {
    @Override
    GraphTensor errors(Ops ops, GraphTensor location, GraphTensor logScale, GraphTensor pixels) {
      return ops.abs(ops.subtract(location, pixels));
    }
  },

  /**
   * The negative log-likelihood of the logit-Laplace distribution (Ramesh et al., 2021, appendix
   * A.3), a density on the open interval of a pixel's values: pixels x from 0 to 1 are brought
   * inside it by φ(x) = (1 − 2ε) x + ε with ε = 0.1, the decoder gives location μ and ln b of each
   * subpixel, and −log f is ln b + |logit φ − μ| / b but for terms that do not depend on the
   * decoder. What is shown is the inverse of φ at σ(μ).
   *
   * <p>By that likelihood alone a subpixel moves its location by 1 / b: where the decoder is sure
   * already it learns on, and what it cannot reconstruct yet it learns to call uncertain instead,
   * so that few codes come into use. Hence each subpixel's gradient counts b times (Seitzer et al.,
   * <i>On the pitfalls of heteroscedastic uncertainty estimation with probabilistic neural
   * networks</i>, ICLR 2022, section 4, with β = 1), which makes the location's the one of the
   * absolute error of logits; the value stays the likelihood.
   */
  LOGIT_LAPLACE {
    @Override
    boolean hasScale() {
      return true;
    }

    @Override
    GraphTensor errors(Ops ops, GraphTensor location, GraphTensor logScale, GraphTensor pixels) {
      GraphTensor bounded = bounded(ops, logScale);
      GraphTensor distance = ops.abs(ops.subtract(logits(ops, pixels), location));
      GraphTensor inverse = ops.exp(ops.affine(bounded, -1, 0));
      GraphTensor errors = ops.add(ops.multiply(distance, inverse), bounded);
      GraphTensor weights = withoutGradient(ops, ops.exp(bounded));
      return ops.straightThrough(ops.multiply(errors, weights), errors);
    }

    @Override
    GraphTensor shown(Ops ops, GraphTensor location) {
      // 2 σ(μ) − 1 is tanh(μ / 2).
      return ops.affine(ops.tanh(ops.affine(location, 0.5, 0)), 1 / RANGE, 0);
    }
  };

  /** What of the interval is left by φ: 1 − 2ε. */
  private static final double RANGE = 0.8;

  /** Bound of |ln b|. Sharper than this is finer than the steps of 8-bit pixels. */
  private static final double LARGEST_LOG_SCALE = 3;

  /** ln(φ / (1 − φ)) of pixels from −1 to 1. */
  private static GraphTensor logits(Ops ops, GraphTensor pixels) {
    GraphTensor inside = ops.log(ops.affine(pixels, RANGE / 2, 0.5));
    GraphTensor rest = ops.log(ops.affine(pixels, -RANGE / 2, 0.5));
    return ops.subtract(inside, rest);
  }

  private static GraphTensor withoutGradient(Ops ops, GraphTensor x) {
    return ops.straightThrough(ops.affine(x, 0, 0), x);
  }

  private static GraphTensor bounded(Ops ops, GraphTensor logScale) {
    GraphTensor share = ops.tanh(ops.affine(logScale, 1 / LARGEST_LOG_SCALE, 0));
    return ops.affine(share, LARGEST_LOG_SCALE, 0);
  }

  /** Whether the decoder gives a scale beside the location: six channels in place of three. */
  boolean hasScale() {
    return false;
  }

  /**
   * The error of each subpixel, whose mean is the loss: [B, H, W, 3].
   *
   * @param location the decoder's first three channels
   * @param logScale its other three; the location again if there are none, and then not used
   * @param pixels values from −1 to 1
   */
  abstract GraphTensor errors(
      Ops ops, GraphTensor location, GraphTensor logScale, GraphTensor pixels);

  /** Pixels from −1 to 1 for people to see. */
  GraphTensor shown(Ops ops, GraphTensor location) {
    return location;
  }
}
