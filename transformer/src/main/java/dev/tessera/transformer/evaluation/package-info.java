/**
 * Measures of a whole model: {@link dev.tessera.transformer.evaluation.HeldOutEvaluation} says how
 * well it does on pictures it has not seen, {@link dev.tessera.transformer.evaluation.Recall} how
 * exactly it can repeat those it has.
 */
@NullMarked
package dev.tessera.transformer.evaluation;

import org.jspecify.annotations.NullMarked;
