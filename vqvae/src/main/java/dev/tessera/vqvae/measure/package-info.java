/**
 * How close reconstructions are to their originals, each measure over 8-bit RGB and in a class of
 * its own: {@link dev.tessera.vqvae.measure.Psnr}, {@link
 * dev.tessera.vqvae.measure.StructuralSimilarity}, {@link
 * dev.tessera.vqvae.measure.MultiScaleSimilarity}, {@link dev.tessera.vqvae.measure.ColourError},
 * {@link dev.tessera.vqvae.measure.EdgeError}; and how a codebook is used: {@link
 * dev.tessera.vqvae.measure.CodebookUsage}. {@link dev.tessera.vqvae.measure.Fidelity} is all of
 * them over a set of pictures, {@link dev.tessera.vqvae.measure.FidelityByGroup} over each of its
 * styles too.
 *
 * <p>Letters: H and W are the pixels of a picture along its sides.
 */
@NullMarked
package dev.tessera.vqvae.measure;

import org.jspecify.annotations.NullMarked;
