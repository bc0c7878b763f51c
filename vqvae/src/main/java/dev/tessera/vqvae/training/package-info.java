/**
 * How stage 1 is trained: {@link dev.tessera.vqvae.training.VqvaeTraining}. {@link
 * dev.tessera.vqvae.training.CollapseWatch} ends a training whose codebook has collapsed, and
 * {@link dev.tessera.vqvae.training.CollapseTrial} shows that a quantiser's does not.
 */
@NullMarked
package dev.tessera.vqvae.training;

import org.jspecify.annotations.NullMarked;
