/**
 * Measures of samples and captions that know no model, each in a class of its own and tested
 * against values by hand: {@link dev.tessera.transformer.evaluation.measure.Bleu}, {@link
 * dev.tessera.transformer.evaluation.measure.Ranks}, {@link
 * dev.tessera.transformer.evaluation.measure.FrechetDistance}, {@link
 * dev.tessera.transformer.evaluation.measure.Manifold}, {@link
 * dev.tessera.transformer.evaluation.measure.Distances}, {@link
 * dev.tessera.transformer.evaluation.measure.SharedInformation} (Tribuo's mutual information), and
 * with what confidence they hold: {@link dev.tessera.transformer.evaluation.measure.Interval}.
 *
 * <p>Letters: d numbers of a feature vector.
 */
@NullMarked
package dev.tessera.transformer.evaluation.measure;

import org.jspecify.annotations.NullMarked;
