package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;

/** Which logits a step computes. */
public enum Range {
  /** None: the input is part of a prompt. */
  NONE,
  /** Text tokens, indexed by BPE id; the last is the end of text. */
  TEXT,
  /** Image tokens, indexed by code. */
  IMAGE;

  /** Logits of one row. */
  public int size(TransformerConfig config) {
    return switch (this) {
      case NONE -> 0;
      case TEXT -> config.textVocabulary();
      case IMAGE -> config.imageVocabulary();
    };
  }
}
