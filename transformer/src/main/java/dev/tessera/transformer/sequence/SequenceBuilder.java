package dev.tessera.transformer.sequence;

import dev.tessera.transformer.TransformerConfig;

/** Lays texts and pictures out as {@link TokenSequence}s. Immutable. */
public final class SequenceBuilder {
  private final TransformerConfig config;
  private final Vocabulary vocabulary;

  public SequenceBuilder(TransformerConfig config) {
    this.config = config;
    this.vocabulary = new Vocabulary(config);
  }

  /**
   * One sequence.
   *
   * @param bpe ids of the text without end of text, 0 to textVocabulary − 2; empty for the null
   *     caption; cut if {@link #isTruncated}
   * @param codes Ni codes of the picture in raster order, 0 to K − 1
   */
  public TokenSequence build(int[] bpe, int[] codes, Direction direction) {
    int length = config.sequenceLength();
    int[] text = textIds(bpe);
    int[] image = imageIds(codes);
    boolean forward = direction == Direction.FORWARD;
    int[] whole = new int[length + 1];
    whole[0] = direction.orderToken();
    System.arraycopy(text, 0, whole, forward ? 1 : 1 + image.length, text.length);
    System.arraycopy(image, 0, whole, forward ? 1 + text.length : 1, image.length);

    int[] places = positions(direction);
    int[] tokens = new int[length];
    int[] positions = new int[length];
    int[] targetPositions = new int[length];
    int[] targets = new int[length];
    float[] weights = new float[length];
    int weighted = bpe.length == 0 ? 0 : textTokens(bpe) + 1;
    for (int i = 0; i < length; i++) {
      tokens[i] = whole[i];
      positions[i] = places[i];
      targetPositions[i] = places[i + 1];
      targets[i] = whole[i + 1];
      if (vocabulary.isImagePosition(targetPositions[i])) {
        weights[i] = direction.imageWeight();
      } else if (targetPositions[i] < vocabulary.textPosition(weighted)) {
        weights[i] = direction.textWeight();
      }
    }
    return new TokenSequence(tokens, positions, targetPositions, targets, weights);
  }

  /** Whether a text is too long to keep all of its tokens beside the end of text. */
  public boolean isTruncated(int[] bpe) {
    return bpe.length > textTokens(bpe);
  }

  /** Token ids of the Nt text slots: the text, the end of text, pads. */
  public int[] textIds(int[] bpe) {
    int kept = textTokens(bpe);
    int[] ids = new int[config.textLength()];
    for (int slot = 0; slot < ids.length; slot++) {
      if (slot < kept) {
        require("text token", bpe[slot], config.textVocabulary() - 2);
        ids[slot] = vocabulary.text(bpe[slot]);
      } else {
        ids[slot] = slot == kept ? vocabulary.endOfText() : vocabulary.pad(slot);
      }
    }
    return ids;
  }

  /** Token ids of the Ni image slots. */
  public int[] imageIds(int[] codes) {
    if (codes.length != config.imageLength()) {
      throw new IllegalArgumentException(
          "a picture has "
              + codes.length
              + " codes, but the model's grid has "
              + config.imageLength());
    }
    int[] ids = new int[codes.length];
    for (int slot = 0; slot < ids.length; slot++) {
      require("image code", codes[slot], config.imageVocabulary() - 1);
      ids[slot] = vocabulary.image(codes[slot]);
    }
    return ids;
  }

  /** Positions of the T + 1 tokens of a sequence, the order token first. */
  public int[] positions(Direction direction) {
    boolean forward = direction == Direction.FORWARD;
    int textStart = forward ? 1 : 1 + config.imageLength();
    int imageStart = forward ? 1 + config.textLength() : 1;
    int[] positions = new int[config.sequenceLength() + 1];
    for (int slot = 0; slot < config.textLength(); slot++) {
      positions[textStart + slot] = vocabulary.textPosition(slot);
    }
    for (int slot = 0; slot < config.imageLength(); slot++) {
      positions[imageStart + slot] = vocabulary.imagePosition(slot);
    }
    return positions;
  }

  private int textTokens(int[] bpe) {
    return Math.min(bpe.length, config.textLength() - 1);
  }

  private static void require(String name, int value, int maximum) {
    if (value < 0 || value > maximum) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be 0 to " + maximum);
    }
  }
}
