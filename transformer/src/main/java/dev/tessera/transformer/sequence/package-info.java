/**
 * How text and pictures become token sequences, and sequences become training batches.
 *
 * <pre>
 * forward    [order] [text: BPE ids, end of text, pads] [image: codes in raster order]
 * reverse    [order] [image: codes in raster order] [text: BPE ids, end of text, pads]
 * infilling  [order] [text] [image: known codes in raster order] [image: the others in raster order]
 * </pre>
 *
 * <p>{@link dev.tessera.transformer.sequence.Vocabulary} numbers tokens and positions, {@link
 * dev.tessera.transformer.sequence.SequenceBuilder} lays one pair of text and picture out in a
 * {@link dev.tessera.transformer.sequence.Direction}, {@link
 * dev.tessera.transformer.sequence.TokenSequence} is the result, {@link
 * dev.tessera.transformer.sequence.Batch} packs many. A {@link
 * dev.tessera.transformer.sequence.Layout} is the order in which a sequence goes through the
 * positions; {@link dev.tessera.transformer.sequence.Holes} draws what is to be filled.
 *
 * <p>Invariants: a sequence has T inputs and T targets; target i is input i + 1. Every text slot
 * has its own pad. Text that does not fit is cut so that the end of text does. An empty text is the
 * null caption: end of text in slot 0, then pads, none of which the loss sees. Condition and target
 * are weighted 1 : 7 in both directions (section 2.2 of the paper has this for text : image).
 *
 * <p>Infilling is a third order of the same tokens: what is to be filled comes after all that is
 * known, so that a causal model sees all sides of a hole. Any order is possible because the
 * positions of each input and of each token to be predicted are inputs of their own (as in Yang et
 * al., <i>XLNet</i>, 2019, section 2.3). The order has a token of its own, since text means
 * something else where a part of the picture follows that it describes, and since the vocabulary of
 * a bundle then tells whether its model can fill holes. All codes count in the loss of training,
 * those around the hole included: after as many steps holes take fewer bits than where only what is
 * inside counts. What infilling is measured by is the hole alone.
 *
 * <p>In raster order the token to the left of the target is the input itself, and what lies above
 * is always the same number of inputs back; in a hole neither is so, and models learn it late. A
 * {@link dev.tessera.transformer.sequence.Neighbourhood} tells every input, in every order, which
 * tokens are known around its target.
 */
@NullMarked
package dev.tessera.transformer.sequence;

import org.jspecify.annotations.NullMarked;
