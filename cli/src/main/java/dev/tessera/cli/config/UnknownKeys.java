package dev.tessera.cli.config;

import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Finds keys that no record has. The mapper alone would complain of the key that is missing where
 * one is misspelt.
 */
final class UnknownKeys {
  private static final String KIND = "type";

  private final JsonParser yaml;
  private final String file;

  private UnknownKeys(JsonParser yaml, String file) {
    this.yaml = yaml;
    this.file = file;
  }

  /**
   * Reads YAML to its end.
   *
   * @param root the record that the text stands for
   * @throws ConfigException at the first key that is unknown
   */
  static void refuse(JsonParser yaml, Class<?> root, String file) throws ConfigException {
    if (yaml.nextToken() == JsonToken.START_OBJECT) {
      new UnknownKeys(yaml, file).block(root, "");
    }
  }

  private void block(Class<?> type, String path) throws ConfigException {
    Map<String, Class<?>> known = keys(type);
    while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = yaml.currentName();
      Class<?> value = known.get(key);
      if (value == null) {
        throw unknown(key, path, known);
      }
      if (yaml.nextToken() == JsonToken.START_OBJECT && !keys(value).isEmpty()) {
        block(value, path + key + ".");
      } else {
        yaml.skipChildren();
      }
    }
  }

  /** The keys of a record, or of all records of a sealed kind, with their types; none otherwise. */
  private static Map<String, Class<?>> keys(Class<?> type) {
    Map<String, Class<?>> keys = new LinkedHashMap<>();
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        keys.put(component.getName(), component.getType());
      }
    } else if (type.isSealed()) {
      keys.put(KIND, String.class);
      for (Class<?> kind : type.getPermittedSubclasses()) {
        keys.putAll(keys(kind));
      }
    }
    return keys;
  }

  private ConfigException unknown(String key, String path, Map<String, Class<?>> known) {
    String nearest =
        known.keySet().stream()
            .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
            .filter(candidate -> distance(key, candidate) <= 1 + key.length() / 3)
            .map(candidate -> " (did you mean " + candidate + "?)")
            .orElse("");
    return new ConfigException(
        String.format(
            "%s, line %d: there is no key %s%s%s; allowed here: %s",
            file,
            yaml.currentTokenLocation().getLineNr(),
            path,
            key,
            nearest,
            String.join(", ", known.keySet())));
  }

  /** How many letters must be inserted, removed or replaced to make the one of the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
