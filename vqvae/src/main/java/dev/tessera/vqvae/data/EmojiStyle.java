package dev.tessera.vqvae.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The icon styles, in the order in which their words are preferred when they disagree. */
public enum EmojiStyle {
  NOTO("noto", "noto"),
  /** The round "blobs" of older Android phones. */
  NOTO_V1("noto-v1", "blob"),
  TWEMOJI("twemoji", "twemoji"),
  FLUENT("fluent-emoji-flat", "fluent"),
  EMOJIONE("emojione", "emojione");

  private final String set;
  private final String word;

  EmojiStyle(String set, String word) {
    this.set = set;
    this.word = word;
  }

  /** The name of the icon set: part of ids, and what a record calls its style. */
  public String set() {
    return set;
  }

  /** What captions call the style, as in "ghost, blob style". */
  public String word() {
    return word;
  }

  /** The style of a set or of a caption word. */
  static EmojiStyle named(String name) {
    return Arrays.stream(values())
        .filter(style -> style.set.equals(name) || style.word.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the emoji style is \"" + name + "\", but must be one of " + names()));
  }

  private static String names() {
    List<EmojiStyle> styles = List.of(values());
    return styles.stream().map(EmojiStyle::set).collect(Collectors.joining(", "));
  }
}
