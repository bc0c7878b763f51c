/**
 * From vectors to codes: {@link dev.tessera.vqvae.quantiser.Quantiser} and its kinds.
 *
 * <ul>
 *   <li>{@link dev.tessera.vqvae.quantiser.FiniteScalar}: rounded channels; no code can be lost
 *   <li>{@link dev.tessera.vqvae.quantiser.VectorQuantiser}, the default: the nearest row of a
 *       codebook, which {@code MovingCodebook} places by {@code ClusterCentres}, moves and revives
 *   <li>{@link dev.tessera.vqvae.quantiser.GumbelSoftmax}: DALL-E's relaxed categorical, whose lost
 *       codes {@code CodeBiases} revives and whose use {@code CodeShares} keeps even
 *   <li>{@link dev.tessera.vqvae.quantiser.LookupFree}: the signs of channels, whose lost bits
 *       {@code LostBits} finds again
 * </ul>
 *
 * <p>What no gradient touches is a state of the model that a {@link
 * dev.tessera.vqvae.quantiser.CodebookLearner} updates after each step; {@code CodeShares} keeps
 * the use of signs even, too. There is no residual quantisation: it gives a position several codes,
 * and a position of the token sequence holds one.
 */
@NullMarked
package dev.tessera.vqvae.quantiser;

import org.jspecify.annotations.NullMarked;
