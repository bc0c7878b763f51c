/**
 * Naming: which parts of captions belong to a picture, learned apart from the generator. A caption
 * such as "ghost, noto style" is made of parts that come back in others. A picture of a pair that
 * training never saw has a caption that it never saw, yet both of its parts are known.
 *
 * <p>For each place of captions a softmax over all parts that may stand there is learned, of
 * numbers that describe a picture and that nobody trained. With two to five pictures for each of
 * thousands of things, that names held-out emoji better than a network that learns to see: of the
 * concepts of 345 of them, 70 % are among the five likeliest, and 94 % of the styles are right; of
 * captions by a {@link dev.tessera.transformer.ranker.Ranker}, which knows whole captions, 46 % and
 * 40 %. A quarter of the pictures that it learns from went through the codes of the model, whose
 * samples consist of such: of the held-out ones after that, 67 % and 75 %.
 *
 * <p>Letters of shapes: B pictures of a batch, F numbers of an aspect, H of the hidden layer.
 *
 * <ul>
 *   <li>{@link dev.tessera.transformer.naming.CaptionForm}: the parts, place by place; {@code
 *       Aspect}: what of a picture tells those of a place apart, {@code Standard} to one scale.
 *   <li>{@code NamingGraph}: the graph of the training; {@link
 *       dev.tessera.transformer.naming.NamingTraining}: learns; {@link
 *       dev.tessera.transformer.naming.Namer}: at work, in plain Java.
 *   <li>{@link dev.tessera.transformer.naming.CaptionSearch}: captions of a picture from all that a
 *       model knows, put in order by {@link dev.tessera.transformer.naming.CaptionFit}, as are
 *       pictures sampled for a prompt.
 * </ul>
 *
 * <p>Invariants: equal pictures and weights give equal bits. Naming takes no part in making
 * pictures, only in choosing among them.
 */
@NullMarked
package dev.tessera.transformer.naming;

import org.jspecify.annotations.NullMarked;
