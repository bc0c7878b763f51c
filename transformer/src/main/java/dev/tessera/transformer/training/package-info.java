/**
 * How stage 2 is trained: {@link dev.tessera.transformer.training.TokenisedPictures} is what it
 * reads, {@link dev.tessera.transformer.training.TransformerTraining} draws sequences in both
 * orders from it and measures bits per token on held-out pairs.
 */
@NullMarked
package dev.tessera.transformer.training;

import org.jspecify.annotations.NullMarked;
