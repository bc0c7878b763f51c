/**
 * From vectors to codes: {@link dev.tessera.vqvae.quantiser.Quantiser} and its kinds, {@link
 * dev.tessera.vqvae.quantiser.FiniteScalar} (the default) and {@link
 * dev.tessera.vqvae.quantiser.GumbelSoftmax} (DALL-E's).
 */
@NullMarked
package dev.tessera.vqvae.quantiser;

import org.jspecify.annotations.NullMarked;
