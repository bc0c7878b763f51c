package dev.tessera.vqvae.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An icon set of iconify, in its JSON form: {@code info} with author and licence, {@code
 * icons.NAME.body} with what goes inside an svg element, {@code aliases.NAME.parent}, {@code
 * chars.CODE-POINTS} with the name of the icon for them (in some sets).
 *
 * <p>Left out: hidden icons, flags of countries, skin tones, and aliases that mirror or turn their
 * parent.
 *
 * @param style which set
 * @param icons by name
 * @param aliases other names of icons, to the names of those
 * @param chars names by code points in hexadecimal with hyphens, without variation selectors
 * @param notice title, author and licence
 */
record IconSet(
    EmojiStyle style,
    TreeMap<String, Icon> icons,
    TreeMap<String, String> aliases,
    TreeMap<String, String> chars,
    String notice) {
  /** Where the artifact iconify__json keeps its sets on the class path. */
  private static final String FOLDER = "META-INF/resources/webjars/iconify__json/2.2.378/json/";

  private static final Pattern BARE_TONE =
      Pattern.compile("-(medium-light|medium-dark|medium|light|dark)(?=-|$)");

  /**
   * An icon.
   *
   * @param body SVG elements
   * @param height of their view box
   * @param width of their view box
   */
  record Icon(String body, int height, int width) {}

  /** Reads a set from the class path. */
  static IconSet read(EmojiStyle style) throws IOException {
    String resource = FOLDER + style.set() + ".json";
    ClassLoader loader = IconSet.class.getClassLoader();
    try (InputStream stream = loader.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IOException(
            "the emoji are not on the class path: org.webjars.npm:iconify__json:2.2.378 has "
                + resource);
      }
      return parse(style, new BufferedInputStream(stream, 1 << 16));
    } catch (JacksonException e) {
      throw new IOException("the icon set " + style.set() + " is damaged: " + e.getMessage(), e);
    }
  }

  static IconSet parse(EmojiStyle style, InputStream stream) {
    return new Reader().read(style, stream);
  }

  /** A body is drawn in a box that the set's end may tell, so icons are finished last. */
  private static final class Reader {
    private final Map<String, Icon> icons = new HashMap<>();
    private final TreeMap<String, String> aliases = new TreeMap<>();
    private final TreeMap<String, String> chars = new TreeMap<>();
    private final Map<String, String> info = new HashMap<>();
    private int height = 16;
    private int width = 16;

    IconSet read(EmojiStyle style, InputStream stream) {
      try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), stream)) {
        json.nextToken();
        for (String key = json.nextName(); key != null; key = json.nextName()) {
          json.nextToken();
          switch (key) {
            case "info" -> readTexts(json, "");
            case "icons" -> readIcons(json);
            case "aliases" -> readAliases(json);
            case "chars" -> readChars(json);
            case "height" -> height = json.getIntValue();
            case "width" -> width = json.getIntValue();
            default -> json.skipChildren();
          }
        }
      }
      TreeMap<String, Icon> kept = new TreeMap<>();
      icons.forEach(
          (name, icon) -> {
            if (isWanted(name)) {
              int boxHeight = icon.height() > 0 ? icon.height() : height;
              int boxWidth = icon.width() > 0 ? icon.width() : width;
              kept.put(name, new Icon(icon.body(), boxHeight, boxWidth));
            }
          });
      return new IconSet(style, kept, aliases, chars, notice());
    }

    private void readTexts(JsonParser json, String prefix) {
      for (String key = json.nextName(); key != null; key = json.nextName()) {
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_STRING) {
          info.put(prefix + key, json.getString());
        } else if (token == JsonToken.START_OBJECT) {
          readTexts(json, prefix + key + ".");
        } else {
          json.skipChildren();
        }
      }
    }

    private void readIcons(JsonParser json) {
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        String body = "";
        int ownHeight = 0;
        int ownWidth = 0;
        boolean hidden = false;
        for (String key = json.nextName(); key != null; key = json.nextName()) {
          json.nextToken();
          switch (key) {
            case "body" -> body = json.getString();
            case "height" -> ownHeight = json.getIntValue();
            case "width" -> ownWidth = json.getIntValue();
            case "hidden" -> hidden = json.getBooleanValue();
            default -> json.skipChildren();
          }
        }
        if (!hidden) {
          icons.put(name, new Icon(body, ownHeight, ownWidth));
        }
      }
    }

    private void readAliases(JsonParser json) {
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        String parent = "";
        boolean transformed = false;
        for (String key = json.nextName(); key != null; key = json.nextName()) {
          json.nextToken();
          if (key.equals("parent")) {
            parent = json.getString();
          } else {
            transformed = true;
            json.skipChildren();
          }
        }
        if (!transformed) {
          aliases.put(name, parent);
        }
      }
    }

    private void readChars(JsonParser json) {
      for (String key = json.nextName(); key != null; key = json.nextName()) {
        json.nextToken();
        chars.put(key.replace("-fe0f", ""), json.getString());
      }
    }

    private boolean isWanted(String name) {
      if (name.startsWith("flag-") || name.contains("skin-tone")) {
        return false;
      }
      // Fluent writes -medium for a skin tone; but a black-medium-square is none: it has no
      // sisters.
      Matcher tone = BARE_TONE.matcher(name);
      return !tone.find() || !icons.containsKey(tone.replaceAll("-medium-dark"));
    }

    private String notice() {
      return String.format(
          "%s by %s (%s), licence %s (%s)",
          info.getOrDefault("name", "?"),
          info.getOrDefault("author.name", "?"),
          info.getOrDefault("author.url", "?"),
          info.getOrDefault("license.title", "?"),
          info.getOrDefault("license.url", "?"));
    }
  }
}
