/**
 * Tessera as a library: {@link dev.tessera.Tessera} loads a bundle and samples, captions and
 * reconstructs pictures with it.
 */
@NullMarked
package dev.tessera;

import org.jspecify.annotations.NullMarked;
