package dev.tessera.transformer.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Figures that belong together.
 *
 * @param key for programs
 * @param title for people
 * @param figures with different keys
 */
public record Section(String key, String title, List<Figure> figures) {
  public Section {
    figures = List.copyOf(figures);
    Set<String> keys = new HashSet<>();
    for (Figure figure : figures) {
      if (!keys.add(figure.key())) {
        throw new IllegalArgumentException(key + " has two figures " + figure.key());
      }
    }
  }
}
