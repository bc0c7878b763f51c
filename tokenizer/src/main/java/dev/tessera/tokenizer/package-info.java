/**
 * Text to ids and back: byte-level byte-pair encoding (Sennrich et al., <i>Neural machine
 * translation of rare words with subword units</i>, ACL 2016, section 3.2; over bytes as in Radford
 * et al., <i>Language models are unsupervised multitask learners</i>, 2019, section 2.2), learned
 * from the captions at hand.
 *
 * <ul>
 *   <li>{@link dev.tessera.tokenizer.SplitRule} says how a text is cut into pieces: words, numbers,
 *       symbols, white space. {@link dev.tessera.tokenizer.CaptionSplitter} cuts. No merge crosses
 *       a piece.
 *   <li>{@link dev.tessera.tokenizer.Bpe} is the vocabulary: it encodes, decodes, and is what
 *       {@code tokenizer.pb} holds.
 *   <li>{@link dev.tessera.tokenizer.BpeTokenizer} shows a vocabulary to Tribuo's text pipelines.
 * </ul>
 *
 * <p>Package {@code huggingface} brings vocabularies from and to {@code tokenizer.json}.
 *
 * <p>Invariants: ids 0 to 255 are the bytes, merge i makes id 256 + i, end of text is the last id.
 * Encoding then decoding gives any Unicode text back. What is learned depends only on how often
 * each piece occurs, not on the order of the captions.
 *
 * <p>File format: {@code tokenizer.pb} is one {@code tessera.Bpe} message (see tokenizer.proto). A
 * vocabulary that cuts by {@link dev.tessera.tokenizer.SplitRule#CAPTIONS} has format version 1,
 * any other has version 2.
 */
@NullMarked
package dev.tessera.tokenizer;

import org.jspecify.annotations.NullMarked;
