/**
 * Stage 1: pictures to token grids and back.
 *
 * <ul>
 *   <li>{@link dev.tessera.vqvae.data}: sources of pictures and captions, and their prepared form
 *   <li>{@link dev.tessera.vqvae.picture}: decoding, fitting, colours, grids
 *   <li>{@link dev.tessera.vqvae.quantiser}: from vectors to codes
 *   <li>{@link dev.tessera.vqvae.model}: encoder and decoder as a graph, and the codec made of them
 *   <li>{@link dev.tessera.vqvae.measure}: how good reconstructions are
 *   <li>{@link dev.tessera.vqvae.training}: how they are trained
 * </ul>
 */
@NullMarked
package dev.tessera.vqvae;

import org.jspecify.annotations.NullMarked;
