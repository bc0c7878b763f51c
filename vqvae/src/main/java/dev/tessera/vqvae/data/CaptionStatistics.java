package dev.tessera.vqvae.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the captions of a source are like. Words are runs of letters, marks and digits in lower
 * case.
 *
 * @param captionedPictures pictures with at least one caption
 * @param captions all alternatives of all pictures
 * @param words how many words a caption has
 * @param characters how many code points a caption has
 * @param vocabulary how many different words there are
 * @param commonest the most frequent words, the most frequent first
 */
public record CaptionStatistics(
    int captionedPictures,
    int captions,
    Distribution words,
    Distribution characters,
    int vocabulary,
    List<WordCount> commonest) {
  /** Words that {@link #commonest} lists at most. */
  public static final int COMMONEST = 20;

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

  /** A word and how often it occurs. */
  public record WordCount(String word, int count) {}

  /** The statistics of the captions of each picture. */
  static CaptionStatistics of(List<List<String>> perPicture) {
    List<Integer> words = new ArrayList<>();
    List<Integer> characters = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (List<String> captions : perPicture) {
      for (String caption : captions) {
        int length = 0;
        Matcher matcher = WORD.matcher(caption);
        while (matcher.find()) {
          counts.merge(matcher.group().toLowerCase(Locale.ROOT), 1, Integer::sum);
          length++;
        }
        words.add(length);
        characters.add(caption.codePointCount(0, caption.length()));
      }
    }
    List<WordCount> commonest =
        counts.entrySet().stream()
            .map(entry -> new WordCount(entry.getKey(), entry.getValue()))
            .sorted(
                Comparator.comparingInt(WordCount::count).reversed().thenComparing(WordCount::word))
            .limit(COMMONEST)
            .toList();
    return new CaptionStatistics(
        (int) perPicture.stream().filter(captions -> !captions.isEmpty()).count(),
        words.size(),
        distribution(words),
        distribution(characters),
        counts.size(),
        commonest);
  }

  private static Distribution distribution(List<Integer> values) {
    return Distribution.of(values.stream().mapToDouble(Integer::doubleValue).toArray());
  }
}
