/**
 * The static plan: executes a model graph in place of SameDiff's session.
 *
 * <p>SameDiff describes a model and differentiates it. Its session then looks up every operation by
 * name, allocates every result and, with its array cache on, returns wrong numbers for some graphs.
 * A {@link dev.tessera.engine.plan.Plan} is compiled once from the same two graphs, forward and
 * gradient, for fixed shapes:
 *
 * <ol>
 *   <li>{@code GraphOrder}: the operations that the outputs need, in an order that respects their
 *       inputs and stays near the order of creation
 *   <li>{@code Lowering}: each becomes a step, a view of another tensor, a constant computed now,
 *       or nothing (x + 0, a repetition of an earlier operation)
 *   <li>{@code Mergers}: two fused steps become one where one kernel does the work of both
 *   <li>{@code Preparation}: what depends on parameters alone is computed first, once for all
 *       replicas
 *   <li>{@code BufferAssignment}: results share buffers as soon as their last reader has run
 *   <li>{@link dev.tessera.engine.plan.Plan}: runs the steps; nothing is allocated
 * </ol>
 *
 * <p>A plan and its arrays belong to one thread at a time. A {@link
 * dev.tessera.engine.plan.ParallelPlan} has a replica for each core, on a thread of its own; {@link
 * dev.tessera.engine.plan.SizedPlans} has one of these for each of a few batch sizes.
 */
@NullMarked
package dev.tessera.engine.plan;

import org.jspecify.annotations.NullMarked;
