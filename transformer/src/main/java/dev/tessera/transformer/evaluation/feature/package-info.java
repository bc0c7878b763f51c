/**
 * What judges pictures in an evaluation: learned from real training pictures alone, apart from any
 * generator, in closed form or by a seeded descent, so that its verdicts repeat.
 *
 * <p>{@link dev.tessera.transformer.evaluation.feature.PictureDescriptor} describes a picture
 * without training; {@link dev.tessera.transformer.evaluation.feature.FeatureSpace} maps
 * descriptors to where pictures that show the same lie close together. {@link
 * dev.tessera.transformer.evaluation.feature.StyleDescriptor} describes how it is drawn; {@link
 * dev.tessera.transformer.evaluation.feature.Softening} is what codecs do to that. {@link
 * dev.tessera.transformer.evaluation.feature.ConceptProbe}, {@link
 * dev.tessera.transformer.evaluation.feature.StyleProbe} and {@link
 * dev.tessera.transformer.evaluation.feature.WordProbe} say what a picture shows, how, and in which
 * words; {@link dev.tessera.transformer.evaluation.feature.NearestNeighbours} finds what looks
 * alike.
 *
 * <p>Both descriptors, and the finer {@link dev.tessera.transformer.evaluation.feature.Palette},
 * also serve {@link dev.tessera.transformer.naming}. The captions that it finds are held against
 * true ones, and not judged by what is here. Samples that naming helped to choose are: their
 * figures are about what the descriptors see, in weights of their own. Of style half of the verdict
 * is a network's, which sees pixels.
 *
 * <p>Tribuo does what it is made for: logistic regression with its report of accuracy and
 * confusion, multi-label classification, exact nearest neighbours, eigenvalues of symmetric
 * matrices. Concepts are not its work: there are up to thousands of them with two to five pictures
 * each, for which discriminants in closed form are better than descent.
 *
 * <p>Letters: D numbers of a descriptor, d of a feature vector.
 */
@NullMarked
package dev.tessera.transformer.evaluation.feature;

import org.jspecify.annotations.NullMarked;
