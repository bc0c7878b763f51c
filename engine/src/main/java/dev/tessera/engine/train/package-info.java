/**
 * Training, whatever is trained: {@link dev.tessera.engine.train.TrainingLoop} runs a plan on
 * batches that {@code BatchesAhead} prepares meanwhile, steps {@link
 * dev.tessera.engine.train.Optimiser} (Adam, and {@code Muon} for matrices), which keeps an {@link
 * dev.tessera.engine.train.ExponentialMovingAverage} of the weights, reports and saves {@link
 * dev.tessera.engine.train.Checkpoints}. What no gradient touches, such as a codebook of moving
 * averages, its task updates after each step.
 *
 * <p>Everything a step does depends on the step's number, the seed and the progress through the
 * {@link dev.tessera.engine.train.Budget} alone. A run whose budget counts steps therefore
 * continues from a checkpoint bit for bit as if it had never stopped.
 */
@NullMarked
package dev.tessera.engine.train;

import org.jspecify.annotations.NullMarked;
