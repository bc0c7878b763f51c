/**
 * The two-stage pipeline from a source of pictures to a bundle: {@link
 * dev.tessera.transformer.pipeline.TwoStageTraining} prepares the pictures, learns the vocabulary,
 * trains both stages and writes the bundle into a {@link
 * dev.tessera.transformer.pipeline.RunFolder}, from which an interrupted run goes on. {@link
 * dev.tessera.transformer.pipeline.RankerRun} adds a ranker to a bundle.
 */
@NullMarked
package dev.tessera.transformer.pipeline;

import org.jspecify.annotations.NullMarked;
