package dev.tessera.transformer.ranker;

/**
 * The shape of a ranker.
 *
 * @param pictureHeight rows of pixels, 8 to 1,024, even
 * @param pictureWidth columns of pixels, 8 to 1,024, even
 * @param textVocabulary ids of the tokenizer, 257 or more; the last is the end of a text
 * @param textLength T, 1 to 1,024, the end of the text included; longer texts are cut
 * @param channels of the picture tower at half the resolution, 4 to 512; doubled at each further
 *     halving, up to four times as many
 * @param textWidth channels of the text tower, 4 to 4,096
 * @param textLayers blocks of the text tower, 1 to 64
 * @param heads of its attention; divides its channels
 * @param embedding E, 2 to 4,096
 */
public record RankerConfig(
    int pictureHeight,
    int pictureWidth,
    int textVocabulary,
    int textLength,
    int channels,
    int textWidth,
    int textLayers,
    int heads,
    int embedding) {
  private static final int SHUFFLE = 2;
  private static final int SMALLEST_SIDE = 4;
  private static final int MAXIMUM_SIDE = 1024;

  public RankerConfig {
    requireSide("height", pictureHeight);
    requireSide("width", pictureWidth);
    require("text vocabulary", textVocabulary, 257, 1 << 24);
    require("text length", textLength, 1, 1024);
    require("channels", channels, 4, 512);
    require("text width", textWidth, 4, 4096);
    require("text layers", textLayers, 1, 64);
    require("embedding", embedding, 2, 4096);
    if (heads < 1 || textWidth % heads != 0) {
      throw new IllegalArgumentException(
          "heads is %d, but must divide the text width of %d".formatted(heads, textWidth));
    }
  }

  /** The shape that is trained where nothing else is asked for. */
  public static RankerConfig standard(
      int pictureHeight, int pictureWidth, int textVocabulary, int textLength) {
    return new RankerConfig(
        pictureHeight, pictureWidth, textVocabulary, textLength, 32, 128, 2, 4, 128);
  }

  private static void requireSide(String name, int side) {
    require("picture " + name, side, 2 * SMALLEST_SIDE, MAXIMUM_SIDE);
    if (side % SHUFFLE != 0) {
      throw new IllegalArgumentException("picture " + name + " is " + side + ", but must be even");
    }
  }

  private static void require(String name, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          "%s is %d, but must be %d to %d".formatted(name, value, minimum, maximum));
    }
  }

  /** Pixels along each side that one position of the picture tower's last level stands for. */
  int stride() {
    int stride = SHUFFLE;
    while (canBeHalved(pictureHeight / stride) && canBeHalved(pictureWidth / stride)) {
      stride *= 2;
    }
    return stride;
  }

  private static boolean canBeHalved(int side) {
    return side % 2 == 0 && side > SMALLEST_SIDE;
  }

  /** Values of a picture, H·W·3. */
  int pixels() {
    return pictureHeight * pictureWidth * 3;
  }

  /**
   * The slots of a text: its tokens, cut where they are too many, and its end up to the last slot.
   *
   * @param bpe tokens without the end of the text
   * @param slots takes T ids
   * @param at where the first of them goes
   */
  void write(int[] bpe, int[] slots, int at) {
    int kept = Math.min(bpe.length, textLength - 1);
    System.arraycopy(bpe, 0, slots, at, kept);
    java.util.Arrays.fill(slots, at + kept, at + textLength, textVocabulary - 1);
  }
}
