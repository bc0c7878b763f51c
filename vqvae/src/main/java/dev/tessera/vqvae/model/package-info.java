/**
 * Encoder and decoder of stage 1 ({@link dev.tessera.vqvae.model.Vqvae}), their configuration and
 * {@link dev.tessera.vqvae.model.ReconstructionLoss}, and {@link
 * dev.tessera.vqvae.model.PictureCodec}, which turns pictures into tokens and back with trained
 * weights (van den Oord et al., <i>Neural discrete representation learning</i>, 2017); {@link
 * dev.tessera.vqvae.model.CodeSearch} finds better tokens for more time.
 */
@NullMarked
package dev.tessera.vqvae.model;

import org.jspecify.annotations.NullMarked;
