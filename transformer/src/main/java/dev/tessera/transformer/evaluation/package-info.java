/**
 * Measures of a model: {@link dev.tessera.transformer.evaluation.HeldOutEvaluation} says how well
 * it does on pictures it has not seen, {@link
 * dev.tessera.transformer.evaluation.ReconstructionEvaluation} how well its stage 1 does alone,
 * {@link dev.tessera.transformer.evaluation.HoleBits} how much it makes of what surrounds a hole,
 * {@link dev.tessera.transformer.evaluation.Recall} how exactly it can repeat what it has seen,
 * {@link dev.tessera.transformer.evaluation.ClassEvaluation} whether a network that learned classes
 * from real pictures recognises its samples.
 *
 * <p>{@link dev.tessera.transformer.evaluation.ModelEvaluation} is all of it, with samples and
 * captions: it returns a {@link dev.tessera.transformer.evaluation.ModelReport} of {@link
 * dev.tessera.transformer.evaluation.Section}s of {@link
 * dev.tessera.transformer.evaluation.Figure}s, each of which carries its definition, and beside it
 * what the same figure is for real pictures and for chance. A {@link
 * dev.tessera.transformer.evaluation.PictureJudge} looks at the samples; what it looks with is in
 * {@link dev.tessera.transformer.evaluation.feature} and {@link
 * dev.tessera.transformer.evaluation.classifier}, what is counted in {@link
 * dev.tessera.transformer.evaluation.measure}.
 */
@NullMarked
package dev.tessera.transformer.evaluation;

import org.jspecify.annotations.NullMarked;
