/**
 * What Tessera is compared with: official libtorch with the settings that were found to be its
 * fastest on a few cores, doing the work that {@code tessera bench} measures, under the same names.
 *
 * <p>bf16 means here what PyTorch's autocast does: weights and activations are cast at every
 * product and convolution, while weights, residual stream, norms and losses stay f32. Parameters
 * lie in one flat buffer, and one fused Adam updates it.
 *
 * <p>{@link dev.tessera.peer.Peer} speaks with the bench; {@link dev.tessera.peer.Workloads} knows
 * the names; {@link dev.tessera.peer.Trials} compare precisions and layouts. The networks are
 * {@link dev.tessera.peer.Gpt} and {@link dev.tessera.peer.DiscreteVae}.
 */
@NullMarked
package dev.tessera.peer;

import org.jspecify.annotations.NullMarked;
