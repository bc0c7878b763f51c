package dev.tessera.cli;

import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;

/** Figures by name on standard output: a line each, or one JSON object. */
final class PrintedFigures {
  private PrintedFigures() {}

  /**
   * Prints figures in their order.
   *
   * @param figures shares and other reals as Double, with four places after the point
   */
  static void print(Map<String, Object> figures, boolean json, Session session) {
    if (json) {
      session.out().println(new ObjectMapper().writeValueAsString(figures));
    } else {
      figures.forEach((name, value) -> session.out().println(line(name, value)));
    }
  }

  private static String line(String name, Object value) {
    return value instanceof Double number
        ? String.format(Locale.ROOT, "%-24s%.4f", name, number)
        : String.format(Locale.ROOT, "%-24s%s", name, value);
  }
}
