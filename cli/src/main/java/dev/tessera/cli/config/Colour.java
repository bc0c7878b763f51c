package dev.tessera.cli.config;

import java.util.Locale;

/** Colours as people write them: RRGGBB, six hexadecimal digits. */
public final class Colour {
  private static final String FORM = "[0-9a-fA-F]{6}";

  private Colour() {}

  /**
   * The number 0xRRGGBB that a text means.
   *
   * @throws IllegalArgumentException if it is not of the form RRGGBB
   */
  public static int parse(String text) {
    if (!text.matches(FORM)) {
      throw new IllegalArgumentException(
          "the colour is \"" + text + "\", but must be RRGGBB, such as ffffff for white");
    }
    return Integer.parseInt(text, 16);
  }

  /** The text that {@link #parse} reads as this colour. */
  public static String format(int colour) {
    return String.format(Locale.ROOT, "%06x", colour);
  }
}
