package dev.tessera.transformer;

import dev.tessera.engine.graph.MaskPattern;
import java.util.Collections;
import java.util.List;

/**
 * The GPT of stage 2.
 *
 * @param textVocabulary ids of the tokenizer, end of text included
 * @param textLength text tokens in every sequence (Nt), end of text included
 * @param imageVocabulary codes of the quantiser (K)
 * @param gridHeight tokens of a picture from top to bottom (H')
 * @param gridWidth tokens of a picture from left to right (W')
 * @param width channels of the residual stream (D), a multiple of {@code heads}
 * @param layers blocks
 * @param heads attention heads
 * @param masks the pattern of each layer
 * @param variant how blocks, positions and orders differ from GPT-2's
 */
public record TransformerConfig(
    int textVocabulary,
    int textLength,
    int imageVocabulary,
    int gridHeight,
    int gridWidth,
    int width,
    int layers,
    int heads,
    List<MaskPattern> masks,
    Variant variant) {

  /**
   * How blocks, positions and orders differ from GPT-2's.
   *
   * @param positions how tokens know where they are
   * @param sandwichNorm whether the result of attention and MLP is normalised, too, before it is
   *     added (Ding et al., <i>CogView</i>, 2021, section 2.4)
   * @param queryKeyNorm whether queries and keys are normalised in each head (Dehghani et al.,
   *     <i>Scaling vision transformers to 22 billion parameters</i>, 2023, section 2)
   * @param infilling whether there is an order for filling holes; one more row of the token table
   * @param neighbourhood how many rows and columns away, 0 to {@value #MAXIMUM_NEIGHBOURHOOD}, the
   *     known tokens around the place to be predicted are part of an input, whatever the order; 0
   *     for none
   */
  public record Variant(
      PositionEncoding positions,
      boolean sandwichNorm,
      boolean queryKeyNorm,
      boolean infilling,
      int neighbourhood) {
    /** Largest neighbourhood. */
    public static final int MAXIMUM_NEIGHBOURHOOD = 4;

    /**
     * Learned absolute positions, norms before attention and MLP alone, no order for filling holes,
     * and no neighbourhood.
     */
    public static final Variant DEFAULT = new Variant(PositionEncoding.ABSOLUTE, false, false);

    public Variant {
      requireNeighbourhood(neighbourhood);
    }

    /** Makes sure that a neighbourhood is 0 to {@value #MAXIMUM_NEIGHBOURHOOD}. */
    public static void requireNeighbourhood(int neighbourhood) {
      require("neighbourhood", neighbourhood, 0, MAXIMUM_NEIGHBOURHOOD);
    }

    /** A variant without the order for filling holes, and without neighbourhood. */
    public Variant(PositionEncoding positions, boolean sandwichNorm, boolean queryKeyNorm) {
      this(positions, sandwichNorm, queryKeyNorm, false, 0);
    }
  }

  public TransformerConfig {
    require("text vocabulary", textVocabulary, 257, 1 << 17);
    require("text length", textLength, 1, 1024);
    require("image vocabulary", imageVocabulary, 2, 1 << 17);
    require("grid height", gridHeight, 1, 128);
    require("grid width", gridWidth, 1, 128);
    require("width", width, 8, 8192);
    require("layers", layers, 1, 128);
    require("heads", heads, 1, 128);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "width is " + width + ", but must be a multiple of the " + heads + " heads");
    }
    masks = List.copyOf(masks);
    if (masks.size() != layers) {
      throw new IllegalArgumentException(
          "there are " + masks.size() + " mask patterns, but " + layers + " layers");
    }
    if (variant.positions() == PositionEncoding.ROTARY && width / heads % 4 != 0) {
      throw new IllegalArgumentException(
          "the width of a head is "
              + width / heads
              + ", but must be a multiple of 4 for rotary positions");
    }
  }

  /** A model of the default variant, without the order for filling holes. */
  public TransformerConfig(
      int textVocabulary,
      int textLength,
      int imageVocabulary,
      int gridHeight,
      int gridWidth,
      int width,
      int layers,
      int heads,
      List<MaskPattern> masks) {
    this(
        textVocabulary,
        textLength,
        imageVocabulary,
        gridHeight,
        gridWidth,
        width,
        layers,
        heads,
        masks,
        Variant.DEFAULT);
  }

  /** A model whose layers all see everything before them, without the order for filling holes. */
  public static TransformerConfig causal(
      int textVocabulary,
      int textLength,
      int imageVocabulary,
      int gridHeight,
      int gridWidth,
      int width,
      int layers,
      int heads) {
    return new TransformerConfig(
        textVocabulary,
        textLength,
        imageVocabulary,
        gridHeight,
        gridWidth,
        width,
        layers,
        heads,
        Collections.nCopies(layers, MaskPattern.CAUSAL));
  }

  /** The same model with or without the order for filling holes. */
  public TransformerConfig withInfilling(boolean value) {
    return with(
        new Variant(
            variant.positions(),
            variant.sandwichNorm(),
            variant.queryKeyNorm(),
            value,
            variant.neighbourhood()));
  }

  /** The same model in another variant, infilling included. */
  public TransformerConfig with(Variant other) {
    return new TransformerConfig(
        textVocabulary,
        textLength,
        imageVocabulary,
        gridHeight,
        gridWidth,
        width,
        layers,
        heads,
        masks,
        other);
  }

  /** Whether there is an order for filling holes. */
  public boolean infilling() {
    return variant.infilling();
  }

  /** Tokens of one picture, Ni = H'·W'. */
  public int imageLength() {
    return gridHeight * gridWidth;
  }

  /** Input positions of a sequence, T = Nt + Ni. */
  public int sequenceLength() {
    return textLength + imageLength();
  }

  /** Channels of one head. */
  public int headWidth() {
    return width / heads;
  }

  private static void require(String name, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", but must be " + minimum + " to " + maximum);
    }
  }
}
