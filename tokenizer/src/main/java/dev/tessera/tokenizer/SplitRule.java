package dev.tessera.tokenizer;

import java.util.regex.Pattern;

/**
 * How a text is cut into the pieces that no merge crosses. The pieces of a text cover every
 * character of it.
 *
 * <p>Both rules are regular expressions that {@link java.util.regex} and Oniguruma, the engine of
 * Hugging Face's tokenizers, read alike. Each alternative is a run of single characters, which Java
 * matches in a loop: neither stack nor time grows faster than the text.
 */
public enum SplitRule {
  /**
   * For captions in any script. A piece is
   *
   * <ul>
   *   <li>a run of letters and the marks that follow them, with the one space before it, if any;
   *   <li>a run of digits, with the one space before it, if any;
   *   <li>a run of anything else that is not white space: punctuation, emoji, control characters;
   *   <li>a run of white space, less the last space where that belongs to a word or a number.
   * </ul>
   */
  CAPTIONS(
      " ?\\p{L}[\\p{L}\\p{M}]*| ?\\p{N}+", "[^\\s\\p{L}\\p{N}]+", "\\s+(?= [\\p{L}\\p{N}])|\\s+"),

  /**
   * The rule of GPT-2 (Radford et al., 2019), for vocabularies that were learned with it: English
   * endings are pieces, marks are no part of words, and symbols take the space before them.
   */
  GPT2("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+", " ?[^\\s\\p{L}\\p{N}]+", "\\s+(?!\\S)|\\s+");

  private final String regex;
  private final Pattern pattern;

  SplitRule(String words, String symbols, String space) {
    this.regex = words + "|" + symbols + "|" + space;
    this.pattern =
        Pattern.compile(
            words + "|(?<symbols>" + symbols + ")|(?<space>" + space + ")",
            Pattern.UNICODE_CHARACTER_CLASS);
  }

  /** The regular expression whose matches, one after the other, are the pieces. */
  public String regex() {
    return regex;
  }

  /** The same for Java, with groups {@code symbols} and {@code space}. */
  Pattern pattern() {
    return pattern;
  }
}
