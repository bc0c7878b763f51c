package dev.tessera.transformer.sequence;

import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;

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
    TokenSequence sequence = lay(layout(direction), bpe, codes);
    int weighted = bpe.length == 0 ? 0 : textTokens(bpe) + 1;
    for (int i = 0; i < sequence.length(); i++) {
      int target = sequence.targetPositions()[i];
      if (vocabulary.isImagePosition(target)) {
        sequence.weights()[i] = direction.imageWeight();
      } else if (target < vocabulary.textPosition(weighted)) {
        sequence.weights()[i] = direction.textWeight();
      }
    }
    return sequence;
  }

  /**
   * One sequence in which what is known of a picture precedes what is not. Only the latter counts:
   * what infilling is measured by.
   *
   * @param bpe as in {@link #build}
   * @param codes as in {@link #build}
   * @param known Ni times whether the code of a slot is given; not all are
   * @throws IllegalStateException if the model was trained without infilling
   */
  public TokenSequence infilling(int[] bpe, int[] codes, boolean[] known) {
    return weigh(lay(infillingLayout(known), bpe, codes), known);
  }

  /**
   * The sequence of {@link #infilling} with all of the picture counting, what is known included:
   * what infilling is learned from, so that none of a sequence is wasted.
   *
   * @param bpe as in {@link #build}
   * @param codes as in {@link #build}
   * @param known as in {@link #infilling}
   * @throws IllegalStateException if the model was trained without infilling
   */
  public TokenSequence infillingWhole(int[] bpe, int[] codes, boolean[] known) {
    return weigh(lay(infillingLayout(known), bpe, codes), new boolean[known.length]);
  }

  /** Has the codes of a picture count, but for those passed over. */
  private TokenSequence weigh(TokenSequence sequence, boolean[] passedOver) {
    for (int i = 0; i < sequence.length(); i++) {
      int target = sequence.targetPositions()[i];
      if (vocabulary.isImagePosition(target) && !passedOver[vocabulary.imageSlot(target)]) {
        sequence.weights()[i] = TokenSequence.TARGET_WEIGHT;
      }
    }
    return sequence;
  }

  /** Text and picture in an order, without weights. */
  private TokenSequence lay(Layout layout, int[] bpe, int[] codes) {
    int length = config.sequenceLength();
    int[] text = textIds(bpe);
    int[] image = imageIds(codes);
    int[] places = layout.positions();
    int[] tokens = new int[length];
    int[] targets = new int[length];
    for (int i = 0; i < length; i++) {
      int target = places[i + 1];
      targets[i] =
          vocabulary.isImagePosition(target)
              ? image[vocabulary.imageSlot(target)]
              : text[vocabulary.textSlot(target)];
      tokens[i] = i == 0 ? layout.orderToken() : targets[i - 1];
    }
    return new TokenSequence(
        tokens,
        Arrays.copyOf(places, length),
        Arrays.copyOfRange(places, 1, length + 1),
        targets,
        new float[length]);
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
    return layout(direction).positions();
  }

  /** Text and picture, each in its own order, the one after the other. */
  public Layout layout(Direction direction) {
    boolean forward = direction == Direction.FORWARD;
    int[] positions = new int[config.sequenceLength() + 1];
    placeText(positions, forward ? 1 : 1 + config.imageLength());
    int imageStart = forward ? 1 + config.textLength() : 1;
    for (int slot = 0; slot < config.imageLength(); slot++) {
      positions[imageStart + slot] = vocabulary.imagePosition(slot);
    }
    return new Layout(direction.orderToken(), positions);
  }

  /**
   * The text, then the known slots of the picture, then the others, both in raster order.
   *
   * @param known Ni times whether the code of a slot is given; not all are
   * @throws IllegalStateException if the model was trained without infilling
   */
  public Layout infillingLayout(boolean[] known) {
    if (known.length != config.imageLength()) {
      throw new IllegalArgumentException(
          "there are %d marks of known codes, but the model's grid has %d"
              .formatted(known.length, config.imageLength()));
    }
    int[] positions = new int[config.sequenceLength() + 1];
    placeText(positions, 1);
    int at = 1 + config.textLength();
    for (boolean wanted : new boolean[] {true, false}) {
      for (int slot = 0; slot < known.length; slot++) {
        if (known[slot] == wanted) {
          positions[at++] = vocabulary.imagePosition(slot);
        }
      }
    }
    if (known[vocabulary.imageSlot(positions[at - 1])]) {
      throw new IllegalArgumentException("every code is known, so there is nothing to be filled");
    }
    return new Layout(vocabulary.infilling(), positions);
  }

  private void placeText(int[] positions, int start) {
    for (int slot = 0; slot < config.textLength(); slot++) {
      positions[start + slot] = vocabulary.textPosition(slot);
    }
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
