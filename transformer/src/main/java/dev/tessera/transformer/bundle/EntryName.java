package dev.tessera.transformer.bundle;

/** Names of the entries of a bundle, in the order in which they are written. */
final class EntryName {
  static final String MANIFEST = "manifest.pb";
  static final String TOKENIZER = "tokenizer.pb";
  static final String VQVAE = "vqvae.safetensors";
  static final String TRANSFORMER = "transformer.safetensors";
  static final String RANKER = "ranker.safetensors";
  static final String NAMING = "naming.pb";
  static final String NAMING_WEIGHTS = "naming.safetensors";
  static final String PREVIEW = "preview.png";

  private EntryName() {}
}
