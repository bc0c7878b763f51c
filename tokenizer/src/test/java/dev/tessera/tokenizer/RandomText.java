package dev.tessera.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded texts of the kinds that break tokenizers. */
public final class RandomText {
  private static final int[][] RANGES = {
    {0x20, 0x7E}, // ASCII
    {0x00, 0x1F}, // control characters
    {0xA0, 0x24F}, // Latin with accents
    {0x300, 0x36F}, // combining marks
    {0x5D0, 0x5EA}, // Hebrew, right to left
    {0x600, 0x6FF}, // Arabic
    {0x900, 0x97F}, // Devanagari, with spacing marks and its own digits
    {0x2000, 0x206F}, // spaces, joiners, directions
    {0x4E00, 0x4FFF}, // Chinese
    {0xE000, 0xFFFF}, // private use, variation selectors, byte order mark, noncharacters
    {0x1F300, 0x1FAFF}, // emoji, two chars each
    {0x10000, 0x10FFFF}, // all that takes two chars
  };

  private RandomText() {}

  /** Valid Unicode: surrogates come in pairs only. */
  public static String unicode(Random random, int length) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      int[] range = RANGES[random.nextInt(RANGES.length)];
      int run = 1 + random.nextInt(5);
      for (int i = 0; i < run; i++) {
        text.appendCodePoint(range[0] + random.nextInt(range[1] - range[0] + 1));
      }
      if (random.nextInt(3) == 0) {
        text.append(" ".repeat(1 + random.nextInt(2)));
      }
    }
    return text.toString();
  }

  /** Captions of few letters, so that counts tie and pairs overlap. */
  public static List<String> captions(Random random, int count) {
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder caption = new StringBuilder();
      int words = random.nextInt(6);
      for (int w = 0; w < words; w++) {
        int letters = 1 + random.nextInt(7);
        for (int l = 0; l < letters; l++) {
          caption.appendCodePoint("aab😀é1".codePointAt(random.nextInt(3) == 0 ? 5 : 0));
          caption.append("aabc".charAt(random.nextInt(4)));
        }
        caption.append(random.nextInt(4) == 0 ? ", 😀😀 " : " ");
      }
      captions.add(caption.toString());
    }
    return captions;
  }
}
