/**
 * Vocabularies from and to Hugging Face's {@code tokenizer.json}, as far as a {@link
 * dev.tessera.tokenizer.Bpe} can be one: {@link dev.tessera.tokenizer.huggingface.TokenizerJson}
 * writes and reads, and both tokenizers then give the same ids for the same text.
 *
 * <p>What is written, and all that is read; a field that is not named here is refused, unless it
 * cannot change an id:
 *
 * <pre>
 * version                   "1.0"
 * truncation, padding       null
 * normalizer                null
 * post_processor            null; ByteLevel is read too: it moves offsets, not ids
 * pre_tokenizer             for GPT2 a ByteLevel with add_prefix_space false and use_regex true; for
 *                           CAPTIONS a Sequence of a Split by its regex, isolated, and a ByteLevel
 *                           with use_regex false; either form is read for either rule
 * decoder                   ByteLevel
 * model.type                BPE; absent in files of 2019, which are read
 * model.dropout             null or 0; training has a setting of its own
 * model.unk_token           null; any is read: no byte is unknown
 * model.*_prefix, *_suffix  null or ""
 * model.ignore_merges       false
 * model.vocab               the 256 bytes, what each merge makes, and the special token
 * model.merges              "left right" in order; ["left", "right"] is read, too
 * added_tokens              the special token, which becomes end of text; none is read, too
 * </pre>
 *
 * <p>Tokens are spelled in the alphabet of GPT-2, which gives every byte a printable character
 * ({@code ByteAlphabet}).
 *
 * <p>Differences that remain: Hugging Face takes the name of the special token inside a text for
 * the token itself, where Tessera sees letters. And which characters are letters depends on the
 * Unicode version of the JDK here, of Oniguruma there, so that characters of the last few years may
 * be cut otherwise.
 */
@NullMarked
package dev.tessera.tokenizer.huggingface;

import org.jspecify.annotations.NullMarked;
