/**
 * The bundle: a model as one file that cannot mismatch.
 *
 * <p>{@code NAME.tessera} is a ZIP archive whose entries are STORED, so that tensors lie in it as
 * they lie in memory:
 *
 * <pre>
 * manifest.pb               dev.tessera.proto.Manifest: format version, configurations, and the
 *                           name, length and SHA-256 of every other entry
 * tokenizer.pb              dev.tessera.proto.Bpe                       with stage 2 only
 * vqvae.safetensors         the averaged weights of stage 1, f32
 * transformer.safetensors   the averaged weights of stage 2, f32        with stage 2 only
 * preview.png               samples of the model                        optional
 * </pre>
 *
 * <p>{@link dev.tessera.transformer.bundle.Bundle#read} trusts nothing: entries must be stored,
 * known and unique, no longer than the file and exactly as long as the manifest says; digests are
 * checked before an entry is parsed; configurations pass through the constructors of their records;
 * tokenizer, codebook and grid must be the ones that the transformer was made for. That every
 * tensor has the shape the model needs is checked when the graphs are built over the weights, which
 * fails on a missing or misshaped tensor by name.
 */
@NullMarked
package dev.tessera.transformer.bundle;

import org.jspecify.annotations.NullMarked;
