package dev.tessera.vqvae.caption;

import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The script of a text, and a guess at its language: from the script where that is written by one
 * language mostly, else from the small words that each language can't do without. Short captions
 * often have none of those; their language is {@link #UNKNOWN}.
 */
public final class LanguageGuess {
  /** What a language is called that can't be told. */
  public static final String UNKNOWN = "undetermined";

  private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}\\p{M}]+");

  private static final Map<UnicodeScript, String> OF_SCRIPT =
      new EnumMap<>(
          Map.of(
              UnicodeScript.HIRAGANA, "Japanese",
              UnicodeScript.KATAKANA, "Japanese",
              UnicodeScript.HAN, "Chinese",
              UnicodeScript.HANGUL, "Korean",
              UnicodeScript.GREEK, "Greek",
              UnicodeScript.HEBREW, "Hebrew",
              UnicodeScript.THAI, "Thai",
              UnicodeScript.ARMENIAN, "Armenian",
              UnicodeScript.GEORGIAN, "Georgian"));

  private static final Map<String, Set<String>> SMALL_WORDS = smallWords();

  private LanguageGuess() {}

  private static Map<String, Set<String>> smallWords() {
    Map<String, Set<String>> words = new LinkedHashMap<>();
    words.put("English", set("the a an of and with in on is at to by from for this that are"));
    words.put("German", set("der die das ein eine einer und mit auf im ist von zu dem den aus am"));
    words.put("French", set("le la les un une des du et avec sur dans est au aux en qui sous"));
    words.put("Spanish", set("el la los las un una de y con en es del al por para que sobre"));
    words.put("Italian", set("il lo la gli un una di e con su nel è del della che sul alla"));
    words.put("Portuguese", set("o os as um uma de e com em é do da no na que sobre ao"));
    words.put("Dutch", set("de het een en met op in is van aan bij voor uit naar zijn onder"));
    words.put("Swedish", set("en ett och med på i är av till som från den det under vid"));
    words.put("Polish", set("i w na z do jest się nie od po przy oraz dla ze pod nad"));
    words.put("Turkish", set("bir ve ile bu için olan üzerinde var çok da de altında"));
    words.put("Russian", set("и в на с не из по у для от это над под со во около"));
    words.put("Ukrainian", set("і в на з не із по у для від це та й під над біля"));
    words.put("Arabic", set("في من على مع إلى هذا هذه و عن تحت فوق"));
    words.put("Persian", set("در از با به و که این یک روی را زیر"));
    words.put("Hindi", set("का की के में और है पर एक से को यह"));
    return words;
  }

  private static Set<String> set(String words) {
    return Set.of(words.split(" ", -1));
  }

  /** The script of most letters, such as LATIN; COMMON for a text without letters. */
  public static UnicodeScript script(String text) {
    Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
    text.codePoints()
        .filter(Character::isLetter)
        .forEach(point -> letters.merge(UnicodeScript.of(point), 1, Integer::sum));
    return letters.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(UnicodeScript.COMMON);
  }

  /** The English name of the language, or {@link #UNKNOWN}. */
  public static String of(String text) {
    UnicodeScript script = script(text);
    // Japanese mixes scripts; any kana tells it from Chinese.
    if (script == UnicodeScript.HAN && text.codePoints().anyMatch(LanguageGuess::isKana)) {
      return "Japanese";
    }
    String ofScript = OF_SCRIPT.get(script);
    return ofScript != null ? ofScript : bySmallWords(text);
  }

  private static boolean isKana(int point) {
    UnicodeScript script = UnicodeScript.of(point);
    return script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA;
  }

  private static String bySmallWords(String text) {
    List<String> words = List.of(NO_LETTERS.split(text.toLowerCase(Locale.ROOT), -1));
    String best = UNKNOWN;
    long most = 0;
    boolean tied = false;
    for (Map.Entry<String, Set<String>> language : SMALL_WORDS.entrySet()) {
      long found = words.stream().filter(language.getValue()::contains).count();
      if (found > most) {
        best = language.getKey();
        most = found;
        tied = false;
      } else if (found == most) {
        tied = true;
      }
    }
    return tied ? UNKNOWN : best;
  }
}
