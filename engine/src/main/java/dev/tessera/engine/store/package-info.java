/**
 * Weights and other state on disk. Knows arrays of floats, not ND4J.
 *
 * <ul>
 *   <li>{@link dev.tessera.engine.store.Tensor}: a shape and its values; {@link
 *       dev.tessera.engine.store.TensorMap}: tensors by name, in order, each with the {@link
 *       dev.tessera.engine.store.DataType} of its values in a file.
 *   <li>{@link dev.tessera.engine.store.Safetensors}: their file format, which it specifies.
 *   <li>{@link dev.tessera.engine.store.AtomicFiles}: files and folders that are replaced whole or
 *       not at all.
 *   <li>{@link dev.tessera.engine.store.Sha256}: digests of what was written.
 * </ul>
 *
 * <p>Invariants: whatever bytes a file holds, reading it returns or throws an {@link
 * java.io.IOException} that names the file, and takes memory in proportion to the file, not to what
 * the file claims. The same tensors and metadata in the same order are the same bytes.
 */
@NullMarked
package dev.tessera.engine.store;

import org.jspecify.annotations.NullMarked;
