/**
 * A ranker: a small model apart from the generator that says how well a picture fits a text
 * (Radford et al., <i>Learning transferable visual models from natural language supervision</i>,
 * 2021, section 2.3). One tower makes a vector of the picture, another one of the text, both of
 * length one; the score is their product, the cosine between them.
 *
 * <p>Letters of shapes in this package, beside those of {@link dev.tessera.transformer}:
 *
 * <pre>
 * B   pairs of a picture and its caption in a batch
 * T   slots of a text, its end included
 * E   width of the vectors that are compared
 * </pre>
 *
 * <ul>
 *   <li>{@link dev.tessera.transformer.ranker.RankerConfig}: the hyper-parameters; {@link
 *       dev.tessera.transformer.ranker.TwoTowers}: the graph.
 *   <li>{@link dev.tessera.transformer.ranker.ContrastiveLoss}: what is optimised. Every pair of a
 *       batch is held against every other one, so the loss does not divide among the replicas of a
 *       plan: it is computed of all vectors at once, and the graph is differentiated for what it
 *       says of each vector.
 *   <li>{@link dev.tessera.transformer.ranker.RankerTraining}: learns; {@link
 *       dev.tessera.transformer.ranker.Ranker}: a trained one at work.
 * </ul>
 *
 * <p>Pictures are those that the generator makes: of its size, and in training a share of them as
 * its codebook can express them. Texts are tokens of the generator's own vocabulary.
 */
@NullMarked
package dev.tessera.transformer.ranker;

import org.jspecify.annotations.NullMarked;
