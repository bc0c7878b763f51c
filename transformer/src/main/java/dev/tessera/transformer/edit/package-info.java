/**
 * Changing pictures that exist: {@link dev.tessera.transformer.edit.PictureMask} says what is to be
 * filled, {@link dev.tessera.transformer.edit.MaskShape} is how people write that, and {@link
 * dev.tessera.transformer.edit.Completion} turns picture and mask into what a model needs, and what
 * the model made back into a picture of the same size.
 *
 * <p>Invariant: every pixel that a mask keeps comes back unchanged, and what lies under it changes
 * nothing.
 */
@NullMarked
package dev.tessera.transformer.edit;

import org.jspecify.annotations.NullMarked;
