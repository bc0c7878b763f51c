/**
 * The results of {@code tessera eval} as files: {@link dev.tessera.cli.evaluation.EvaluationPage}
 * for people, {@link dev.tessera.cli.evaluation.Metrics} for programs. Both say all that {@link
 * dev.tessera.transformer.evaluation.ModelReport} holds, each figure with its definition.
 */
@NullMarked
package dev.tessera.cli.evaluation;

import org.jspecify.annotations.NullMarked;
