/**
 * Operations for processors, forward and backward, as nodes of a SameDiff graph.
 *
 * <p>SameDiff knows one kind of node, {@link dev.tessera.engine.fused.FusedOperation}; what a node
 * computes is a {@link dev.tessera.engine.fused.FusedKernel}, one small record for each. A kernel
 * tells the types of its results, writes its gradient as further nodes, and binds itself to memory:
 * {@link dev.tessera.engine.plan.Plan} then runs it directly. SameDiff's own session cannot run
 * such nodes, and never has to.
 *
 * <p>Products, convolutions and all that is element-wise go through oneDNN; the few others (table
 * look-ups, the choice of a target's probability) are loops over Java arrays. Each kernel uses the
 * calling thread alone. Nothing depends on timing, nor on what the JIT has compiled: oneDNN
 * generates its own code, and the loops have a fixed order and no fused reductions.
 *
 * <p>Types: parameters, their gradients, statistics and losses are FLOAT in every precision. With
 * bfloat16, activations between products are BFLOAT16 in memory; the residual stream stays FLOAT.
 */
@NullMarked
package dev.tessera.engine.fused;

import org.jspecify.annotations.NullMarked;
