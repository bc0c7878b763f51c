/**
 * What SameDiff lacks for training this kind of model.
 *
 * <ul>
 *   <li>{@link dev.tessera.engine.graph}: one vocabulary of operations that model graphs are
 *       written against, and the named parameters they share
 *   <li>{@link dev.tessera.engine.plan}: executes a graph and its gradient over preallocated memory
 *   <li>{@link dev.tessera.engine.train}: optimiser, schedule, training loop, checkpoints
 *   <li>{@link dev.tessera.engine.store}: tensors in files, atomic writes, digests
 *   <li>{@link dev.tessera.engine.random}: randomness that depends on seed, purpose and step alone
 * </ul>
 *
 * <p>Shape letters used throughout the project: B batch, T sequence length, C channels, H height, W
 * width, K codebook size, D width of the model, V vocabulary, N rows of a matrix.
 */
@NullMarked
package dev.tessera.engine;

import org.jspecify.annotations.NullMarked;
