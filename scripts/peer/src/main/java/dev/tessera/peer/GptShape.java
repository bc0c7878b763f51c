package dev.tessera.peer;

/**
 * The size of a GPT.
 *
 * @param vocabulary text and image tokens together
 * @param codes image tokens, the last of the vocabulary
 * @param text tokens of a prompt
 * @param image tokens of a picture
 * @param width channels
 * @param layers blocks
 * @param heads of attention
 */
record GptShape(int vocabulary, int codes, int text, int image, int width, int layers, int heads) {

  /** The shape that a benchmark's name means. */
  static GptShape named(String name) {
    return switch (name) {
      case "small" -> new GptShape(2048, 1024, 32, 256, 256, 6, 8);
      case "medium" -> new GptShape(2048, 1024, 32, 256, 512, 8, 8);
      case "tiny" -> new GptShape(374, 64, 8, 16, 32, 2, 4);
      default -> throw new IllegalArgumentException("there is no model of size " + name);
    };
  }

  int sequence() {
    return text + image;
  }

  int headWidth() {
    return width / heads;
  }
}
