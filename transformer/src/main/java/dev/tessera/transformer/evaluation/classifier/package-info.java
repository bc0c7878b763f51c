/**
 * A small network that names what it was shown examples of: styles of emoji, classes of garments.
 *
 * <p>{@link dev.tessera.transformer.evaluation.classifier.PictureClassifier} learns from labelled
 * pictures alone, apart from every generator, and says of other pictures how probable each label
 * is. Half of what it learns from is {@linkplain
 * dev.tessera.transformer.evaluation.feature.Softening softened}.
 */
@NullMarked
package dev.tessera.transformer.evaluation.classifier;

import org.jspecify.annotations.NullMarked;
