package dev.tessera.transformer.sequence;

import dev.tessera.transformer.TransformerConfig;

/**
 * The one table of token ids and the one table of positions that text and pictures share.
 *
 * <pre>
 * ids        0 forward | 1 reverse | 2 infilling, if there is one | text … | pads, one per text slot …
 *            | image codes …
 * positions  0 order token | text slots 1 … Nt | image slots Nt + 1 … Nt + Ni (raster order)
 * </pre>
 *
 * @param config the model that the ids are for
 */
public record Vocabulary(TransformerConfig config) {
  /** First token of a sequence [order | text | image]. */
  public static final int FORWARD = 0;

  /** First token of a sequence [order | image | text]. */
  public static final int REVERSE = 1;

  private static final int INFILLING = 2;

  /**
   * First token of a sequence [infilling | text | known image tokens | the others].
   *
   * @throws IllegalStateException if the model has no such order
   */
  public int infilling() {
    if (!config.infilling()) {
      throw new IllegalStateException("the model was trained without infilling");
    }
    return INFILLING;
  }

  /** Number of order tokens, whose ids come first. */
  public int orders() {
    return firstText();
  }

  /** Rows of the token table, V. */
  public int size() {
    return firstImage() + config.imageVocabulary();
  }

  /** Rows of the position tables, 1 + Nt + Ni. */
  public int positions() {
    return 1 + config.sequenceLength();
  }

  /** Id of BPE token {@code bpe}. */
  public int text(int bpe) {
    return firstText() + bpe;
  }

  /** Id of the end-of-text token, the last of the tokenizer's ids. */
  public int endOfText() {
    return firstText() + config.textVocabulary() - 1;
  }

  /** Id of the pad of text slot {@code slot}. */
  public int pad(int slot) {
    return firstText() + config.textVocabulary() + slot;
  }

  /** Id of codebook entry {@code code}. */
  public int image(int code) {
    return firstImage() + code;
  }

  /** First id of the text range, which ends before the first pad. */
  public int firstText() {
    return config.infilling() ? INFILLING + 1 : INFILLING;
  }

  /** First id past the text range. */
  public int endText() {
    return firstText() + config.textVocabulary();
  }

  /** First id of the image range, which ends at {@link #size()}. */
  public int firstImage() {
    return firstText() + config.textVocabulary() + config.textLength();
  }

  /** Position of text slot {@code slot}. */
  public int textPosition(int slot) {
    return 1 + slot;
  }

  /** Position of image slot {@code slot}. */
  public int imagePosition(int slot) {
    return 1 + config.textLength() + slot;
  }

  /** The text slot at a position. */
  public int textSlot(int position) {
    return position - 1;
  }

  /** The image slot at a position. */
  public int imageSlot(int position) {
    return position - 1 - config.textLength();
  }

  /** Whether a position is an image slot. */
  public boolean isImagePosition(int position) {
    return position > config.textLength();
  }
}
