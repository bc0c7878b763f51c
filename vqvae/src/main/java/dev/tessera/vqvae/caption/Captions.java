package dev.tessera.vqvae.caption;

import java.text.Normalizer;
import java.util.List;

/**
 * The one form of every caption and prompt: Unicode NFC, one line, single spaces, at most {@value
 * #MAXIMUM_LENGTH} code points. Joiners and variation selectors stay, since scripts and emoji need
 * them.
 */
public final class Captions {
  /** Code points of a caption; what is beyond is cut. */
  public static final int MAXIMUM_LENGTH = 2000;

  /** Alternatives that a picture keeps; those after them are dropped. */
  public static final int MAXIMUM_ALTERNATIVES = 256;

  private Captions() {}

  /** A text in the one form; empty if nothing of it can be seen. */
  public static String normal(String text) {
    StringBuilder line = new StringBuilder(text.length());
    boolean space = false;
    for (int at = 0; at < text.length(); ) {
      int point = text.codePointAt(at);
      at += Character.charCount(point);
      if (point == 0xFEFF) {
        continue;
      }
      if (isSpace(point)) {
        space = true;
        continue;
      }
      if (space && line.length() > 0) {
        line.append(' ');
      }
      space = false;
      line.appendCodePoint(point);
    }
    String composed = Normalizer.normalize(line, Normalizer.Form.NFC);
    return composed.codePointCount(0, composed.length()) <= MAXIMUM_LENGTH
        ? composed
        : composed.substring(0, composed.offsetByCodePoints(0, MAXIMUM_LENGTH)).stripTrailing();
  }

  private static boolean isSpace(int point) {
    return Character.isWhitespace(point)
        || Character.isSpaceChar(point)
        || Character.getType(point) == Character.CONTROL;
  }

  /** Alternatives in the one form and their order, without empty ones and repetitions. */
  public static List<String> alternatives(List<String> captions) {
    return captions.stream()
        .map(Captions::normal)
        .filter(caption -> !caption.isEmpty())
        .distinct()
        .limit(MAXIMUM_ALTERNATIVES)
        .toList();
  }
}
