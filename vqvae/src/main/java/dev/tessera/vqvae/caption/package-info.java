/**
 * What is said about pictures, before it becomes tokens.
 *
 * <p>{@link dev.tessera.vqvae.caption.Captions} brings text of any script to one form, in
 * preparation and when a prompt is asked. {@link dev.tessera.vqvae.caption.CaptionChoice} decides
 * which of a picture's alternatives a training step sees, and shuffles and thins {@link
 * dev.tessera.vqvae.caption.Keywords}. {@link dev.tessera.vqvae.caption.DirectionWords} tells which
 * pictures must not be mirrored. {@link dev.tessera.vqvae.caption.LanguageGuess} is for audits.
 *
 * <p>All draws come from a generator that the caller keys by seed and place.
 */
@NullMarked
package dev.tessera.vqvae.caption;

import org.jspecify.annotations.NullMarked;
