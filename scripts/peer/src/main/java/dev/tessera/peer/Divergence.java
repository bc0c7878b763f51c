package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.log_softmax;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * KL(q ‖ u) as a term of the loss: how far the codes' distributions q are from the uniform one u. In
 * the published design the mean over the batch is asked for, but PyTorch takes the length of the
 * first argument for the batch, which is the one number that stands for u: the term is a sum and
 * grows with the batch.
 *
 * @param weight of the term; 0, the published default, for none
 * @param repaired whether the sum is divided by the pictures of the batch
 */
record Divergence(double weight, boolean repaired) {
  /**
   * The weighted term.
   *
   * @param logits [B, grid, grid, K]
   */
  Tensor of(Tensor logits) {
    long codes = logits.size(3);
    Tensor log = log_softmax(logits, 3);
    // Σ q (log q − log u), over codes, places and pictures.
    Tensor sum = log.exp().mul(log.add(new Scalar(Math.log((double) codes)))).sum();
    double pictures = repaired ? (double) logits.size(0) : 1;
    return sum.mul(new Scalar(weight / pictures));
  }
}
