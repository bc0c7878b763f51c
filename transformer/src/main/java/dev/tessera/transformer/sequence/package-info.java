/**
 * How text and pictures become token sequences, and sequences become training batches.
 *
 * <pre>
 * forward  [order] [text: BPE ids, end of text, pads] [image: codes in raster order]
 * reverse  [order] [image: codes in raster order] [text: BPE ids, end of text, pads]
 * </pre>
 *
 * <p>{@link dev.tessera.transformer.sequence.Vocabulary} numbers tokens and positions, {@link
 * dev.tessera.transformer.sequence.SequenceBuilder} lays one pair of text and picture out in a
 * {@link dev.tessera.transformer.sequence.Direction}, {@link
 * dev.tessera.transformer.sequence.TokenSequence} is the result, {@link
 * dev.tessera.transformer.sequence.Batch} packs many.
 *
 * <p>Invariants: a sequence has T inputs and T targets; target i is input i + 1. Every text slot
 * has its own pad. Text that does not fit is cut so that the end of text does. An empty text is the
 * null caption: end of text in slot 0, then pads, none of which the loss sees. Condition and target
 * are weighted 1 : 7 in both directions (section 2.2 of the paper has this for text : image).
 */
@NullMarked
package dev.tessera.transformer.sequence;

import org.jspecify.annotations.NullMarked;
