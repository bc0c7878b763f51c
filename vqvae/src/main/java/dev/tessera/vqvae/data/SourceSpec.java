package dev.tessera.vqvae.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The characters that divide a string of sources: {@code +} stands between two, and {@code *NUMBER}
 * at the end of one is its weight. A {@code +} that belongs to a name is written twice.
 */
final class SourceSpec {
  private static final Pattern WEIGHTED =
      Pattern.compile("(.*)\\*\\s*([0-9]+(?:\\.[0-9]+)?)", Pattern.DOTALL);

  /** One source of several, without its weight. */
  record Part(String text, double weight) {}

  private SourceSpec() {}

  static List<Part> parts(String text) {
    List<Part> parts = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    for (int at = 0; at < text.length(); at++) {
      char next = text.charAt(at);
      if (next != '+') {
        name.append(next);
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '+') {
        name.append(next);
        at++;
      } else {
        parts.add(part(name.toString()));
        name.setLength(0);
      }
    }
    parts.add(part(name.toString()));
    return parts;
  }

  private static Part part(String text) {
    Matcher weighted = WEIGHTED.matcher(text.strip());
    return weighted.matches()
        ? new Part(weighted.group(1).strip(), Double.parseDouble(weighted.group(2)))
        : new Part(text.strip(), 1);
  }

  /** A name as it is written in a string of sources. */
  static String escaped(String name) {
    String doubled = name.replace("+", "++");
    return WEIGHTED.matcher(name).matches() ? doubled + "*1" : doubled;
  }

  /** A folder's name, so that it isn't read as another kind of source. */
  static String ofFolder(String name) {
    boolean plain = PictureSource.parse(escaped(name)) instanceof FolderSource;
    return escaped(plain ? name : "./" + name);
  }

  /** The shortest form of a weight. */
  static String weight(double weight) {
    return weight == Math.rint(weight) ? Long.toString((long) weight) : Double.toString(weight);
  }
}
