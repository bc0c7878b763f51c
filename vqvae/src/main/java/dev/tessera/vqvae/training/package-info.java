/**
 * How stage 1 is trained ({@link dev.tessera.vqvae.training.VqvaeTraining}) and measured: {@link
 * dev.tessera.vqvae.training.Psnr} of reconstructions, {@link
 * dev.tessera.vqvae.training.CodebookUsage}.
 */
@NullMarked
package dev.tessera.vqvae.training;

import org.jspecify.annotations.NullMarked;
