/**
 * How stage 1 is trained: {@link dev.tessera.vqvae.training.VqvaeTraining}, if asked for against an
 * {@link dev.tessera.vqvae.training.Adversary} (Esser, Rombach, Ommer: Taming Transformers for
 * High-Resolution Image Synthesis, CVPR 2021, section 3.1). {@link
 * dev.tessera.vqvae.training.CollapseWatch} ends a training whose codebook has collapsed, and
 * {@link dev.tessera.vqvae.training.CollapseTrial} shows that a quantiser's does not.
 */
@NullMarked
package dev.tessera.vqvae.training;

import org.jspecify.annotations.NullMarked;
