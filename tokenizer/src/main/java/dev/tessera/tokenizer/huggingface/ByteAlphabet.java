package dev.tessera.tokenizer.huggingface;

import java.util.Arrays;

/**
 * The spelling of bytes in GPT-2's vocabulary: bytes that are printable in Latin-1 are their own
 * characters, the others are U+0100 and following in rising order.
 */
final class ByteAlphabet {
  private static final int BYTES = 256;
  private static final char[] CHARACTERS = new char[BYTES];
  private static final int[] VALUES = new int[2 * BYTES];

  /** What {@link #value} gives for a character that stands for no byte. */
  static final int NONE = -1;

  static {
    Arrays.fill(VALUES, NONE);
    char next = BYTES;
    for (int value = 0; value < BYTES; value++) {
      boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
      CHARACTERS[value] = printable ? (char) value : next++;
      VALUES[CHARACTERS[value]] = value;
    }
  }

  private ByteAlphabet() {}

  /** The character of a byte. */
  static char character(int value) {
    return CHARACTERS[value];
  }

  /** The byte of a character, 0 to 255, or {@link #NONE}. */
  static int value(char character) {
    return character < VALUES.length ? VALUES[character] : NONE;
  }
}
