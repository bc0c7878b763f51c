/**
 * Measures of a model: {@link dev.tessera.transformer.evaluation.HeldOutEvaluation} says how well
 * it does on pictures it has not seen, {@link
 * dev.tessera.transformer.evaluation.ReconstructionEvaluation} how well its stage 1 does alone,
 * {@link dev.tessera.transformer.evaluation.HoleBits} how much it makes of what surrounds a hole,
 * {@link dev.tessera.transformer.evaluation.Recall} how exactly it can repeat what it has seen.
 */
@NullMarked
package dev.tessera.transformer.evaluation;

import org.jspecify.annotations.NullMarked;
