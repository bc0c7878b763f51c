/** How stage 1 is trained: {@link dev.tessera.vqvae.training.VqvaeTraining}. */
@NullMarked
package dev.tessera.vqvae.training;

import org.jspecify.annotations.NullMarked;
