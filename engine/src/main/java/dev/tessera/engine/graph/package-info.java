/**
 * Model graphs: written once against {@link dev.tessera.engine.graph.Ops}, whatever executes them.
 *
 * <p>A {@link dev.tessera.engine.graph.ModelGraph} collects placeholders, parameters and operations
 * in a SameDiff graph with fixed shapes. Parameters live in a {@link
 * dev.tessera.engine.graph.ParameterStore} that several graphs share (training, evaluation,
 * encoding, decoding). Graphs are never persisted: they are rebuilt from the configuration.
 *
 * <p>{@link dev.tessera.engine.graph.PlainOps} builds on SameDiff's own operations. Where one of
 * those computes a wrong gradient, or a very slow one, the plain form is written in others; the
 * comment at each place says which.
 */
@NullMarked
package dev.tessera.engine.graph;

import org.jspecify.annotations.NullMarked;
