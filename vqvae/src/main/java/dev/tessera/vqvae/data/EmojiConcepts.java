package dev.tessera.vqvae.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One name for what several styles draw.
 *
 * <p>Icons of one name are one concept. Two names are one concept if two sets give them to the same
 * code points, or if a set calls one an alias of the other ({@code lion} and {@code lion-face}),
 * unless a style draws both: then it means them to differ. The name that most styles use becomes
 * the concept's name.
 */
final class EmojiConcepts {
  private final Map<String, Group> groups = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();

  /** Names that mean the same, and the styles that draw it. */
  private record Group(Set<String> names, EnumSet<EmojiStyle> styles) {}

  /**
   * @param sets all styles, also those that are not used, so that a concept has one name always
   */
  EmojiConcepts(Collection<IconSet> sets) {
    for (IconSet set : sets) {
      for (String name : set.icons().keySet()) {
        group(name).styles().add(set.style());
      }
    }
    Map<String, Integer> uses = new HashMap<>();
    groups.forEach((name, group) -> uses.put(name, group.styles().size()));
    joinSameCharacters(sets);
    for (IconSet set : sets) {
      set.aliases().forEach(this::join);
    }
    nameGroups(uses, sets);
  }

  /** The concept's name, with hyphens, of an icon's name. */
  String concept(String icon) {
    return names.getOrDefault(icon, icon);
  }

  private Group group(String name) {
    return groups.computeIfAbsent(
        name, key -> new Group(new TreeSet<>(Set.of(key)), EnumSet.noneOf(EmojiStyle.class)));
  }

  private void joinSameCharacters(Collection<IconSet> sets) {
    Map<String, List<String>> byCharacters = new TreeMap<>();
    for (IconSet set : sets) {
      set.chars()
          .forEach(
              (characters, name) -> {
                if (set.icons().containsKey(name)) {
                  byCharacters.computeIfAbsent(characters, c -> new ArrayList<>()).add(name);
                }
              });
    }
    for (List<String> same : byCharacters.values()) {
      for (String name : same) {
        join(same.get(0), name);
      }
    }
  }

  private void join(String one, String other) {
    Group first = group(one);
    Group second = group(other);
    EnumSet<EmojiStyle> both = EnumSet.copyOf(first.styles());
    both.retainAll(second.styles());
    if (first.equals(second) || !both.isEmpty()) {
      return;
    }
    first.names().addAll(second.names());
    first.styles().addAll(second.styles());
    for (String name : second.names()) {
      groups.put(name, first);
    }
  }

  private void nameGroups(Map<String, Integer> uses, Collection<IconSet> sets) {
    Map<String, Integer> preference = new LinkedHashMap<>();
    for (IconSet set : sets) {
      for (String name : set.icons().keySet()) {
        preference.putIfAbsent(name, preference.size());
      }
    }
    groups.forEach(
        (icon, group) -> {
          String best = icon;
          for (String name : group.names()) {
            int more = uses.getOrDefault(name, 0) - uses.getOrDefault(best, 0);
            boolean earlier =
                preference.getOrDefault(name, Integer.MAX_VALUE)
                    < preference.getOrDefault(best, Integer.MAX_VALUE);
            if (more > 0 || (more == 0 && earlier)) {
              best = name;
            }
          }
          names.put(icon, best);
        });
  }
}
