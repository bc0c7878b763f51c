package dev.tessera.vqvae.caption;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Words after which a mirrored picture is another picture: of left and right, of turning, of points
 * of the compass, and of writing, which can't be read from behind.
 *
 * <p>They are looked for as whole words in eleven languages, and anywhere in scripts that don't
 * separate words. A single letter or number as the whole caption counts as writing.
 */
public final class DirectionWords {
  private static final String LATIN_AND_OTHERS =
      // English
      "left|right|leftwards?|rightwards?|left-?hand(ed)?|right-?hand(ed)?|east(ern|ward)?"
          + "|west(ern|ward)?|north-?(east|west)|south-?(east|west)"
          + "|(anti|counter)?-?clockwise|mirrored|backwards?|forwards?"
          + "|text|texts|letters?|letterings?|words?|writing|written|handwriting|inscription|says"
          + "|saying|reads|numbers?|numerals?|digits?|alphabet|latin|keycap|logo|caption|quote|sign"
          // German
          + "|links|rechts|linke[nrsm]?|rechte[nrsm]?|osten|westen|(gegen)?uhrzeigersinn|schrift"
          + "|buchstaben?|zahl(en)?|ziffern?|wort|wörter"
          // French
          + "|gauche|droite?|ouest|horaire|lettres?|chiffres?|mots?|texte|écriture"
          // Spanish, Portuguese, Italian
          + "|izquierd[ao]|derech[ao]|este|oeste|letras?|números?|palabras?|texto|esquerd[ao]"
          + "|direit[ao]|leste|palavras?|sinistr[ao]|destr[ao]|ovest|lettere?|numer[oi]|parol[ae]"
          + "|testo|scritta"
          // Dutch, Swedish, Polish
          + "|linker|rechter|oosten|westen|tekst|cijfers?|woord(en)?|vänster|höger|bokstav(en)?"
          + "|siffr(a|or)|lew[aoy]|praw[aoy]|lewej|prawej|liter[ay]|cyfr[ay]|napis"
          // Russian
          + "|лев(ый|ая|ое|ой|ого)|прав(ый|ая|ое|ой|ого)|влево|вправо|слева|справа|восток|запад"
          + "|букв[аы]|цифр[аы]|число|слов[оа]|надпись|текст";

  private static final Pattern WORD =
      Pattern.compile(
          "(?<![\\p{L}\\p{M}\\p{N}])(" + LATIN_AND_OTHERS + ")(?![\\p{L}\\p{M}\\p{N}])",
          Pattern.UNICODE_CASE);

  /** Chinese, Japanese, Korean. */
  private static final Pattern ANYWHERE =
      Pattern.compile("[左右]|东边|西边|文字|字母|数字|汉字|왼쪽|오른쪽|글자|숫자|時計回り");

  private static final Pattern WRITING_ITSELF =
      Pattern.compile("[\\p{IsLatin}\\p{IsCyrillic}\\p{IsGreek}]|\\p{N}+");

  private DirectionWords() {}

  /** Whether any of the captions says that left is not right. */
  public static boolean in(List<String> captions) {
    return captions.stream().anyMatch(DirectionWords::in);
  }

  private static boolean in(String caption) {
    String lower = caption.toLowerCase(Locale.ROOT);
    return WORD.matcher(lower).find()
        || ANYWHERE.matcher(lower).find()
        || WRITING_ITSELF.matcher(lower).matches();
  }
}
