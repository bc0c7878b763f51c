package dev.tessera.vqvae.data;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.vqvae.caption.DirectionWords;
import dev.tessera.vqvae.caption.Keywords;
import dev.tessera.vqvae.caption.LanguageGuess;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the captions of a source are like. Words are runs of letters, marks and digits in lower
 * case.
 *
 * @param captionedPictures pictures with at least one caption
 * @param captions all alternatives of all pictures
 * @param different how many of them differ
 * @param words how many words a caption has
 * @param characters how many code points a caption has
 * @param vocabulary how many different words there are, {@link #MOST_WORDS} at most: no others are
 *     counted then
 * @param commonest the most frequent words, the most frequent first
 * @param scripts how many captions are mostly in each script, the most frequent first
 * @param languages how many captions seem to be in each language, see {@link LanguageGuess}
 * @param keywordLists captions that are lists of keywords
 * @param directed pictures that no training mirrors, because of what their captions say
 * @param sample some captions, all of them if there are few, chosen by the seed
 */
public record CaptionStatistics(
    int captionedPictures,
    int captions,
    int different,
    Distribution words,
    Distribution characters,
    int vocabulary,
    List<WordCount> commonest,
    Map<String, Integer> scripts,
    Map<String, Integer> languages,
    int keywordLists,
    int directed,
    List<String> sample) {
  /** Words that {@link #commonest} lists at most. */
  public static final int COMMONEST = 20;

  /** Different words that are counted at most. */
  public static final int MOST_WORDS = 1_000_000;

  /** Captions that {@link #sample} has at most. */
  public static final int SAMPLE = 20_000;

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

  /** A word and how often it occurs. */
  public record WordCount(String word, int count) {}

  /**
   * Takes the captions of one picture after the other; keeps each different word once, up to a
   * limit.
   */
  static final class Tally {
    private final long seed;
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Integer> scripts = new TreeMap<>();
    private final Map<String, Integer> languages = new TreeMap<>();
    private final Distribution.Tally words = new Distribution.Tally();
    private final Distribution.Tally characters = new Distribution.Tally();
    private final Identities texts = new Identities();
    private final PriorityQueue<Ticket> drawn =
        new PriorityQueue<>(Comparator.comparingLong(Ticket::number).reversed());
    private int pictures;
    private int captions;
    private int different;
    private int keywordLists;
    private int directed;

    private record Ticket(long number, int caption, String text) {}

    Tally(long seed) {
      this.seed = seed;
    }

    void add(List<String> alternatives) {
      pictures += alternatives.isEmpty() ? 0 : 1;
      directed += DirectionWords.in(alternatives) ? 1 : 0;
      alternatives.forEach(this::add);
    }

    private void add(String caption) {
      int length = 0;
      Matcher matcher = WORD.matcher(caption);
      while (matcher.find()) {
        count(matcher.group().toLowerCase(Locale.ROOT));
        length++;
      }
      words.add(length);
      characters.add(caption.codePointCount(0, caption.length()));
      scripts.merge(LanguageGuess.script(caption).name().toLowerCase(Locale.ROOT), 1, Integer::sum);
      languages.merge(LanguageGuess.of(caption), 1, Integer::sum);
      keywordLists += Keywords.of(caption).isEmpty() ? 0 : 1;
      if (texts.first(new Digest().text(caption).key(), 0) == Identities.NONE) {
        different++;
      }
      long number = new CounterRandom(seed, "audit captions", captions).nextLong();
      drawn.add(new Ticket(number, captions, caption));
      if (drawn.size() > SAMPLE) {
        drawn.remove();
      }
      captions++;
    }

    private void count(String word) {
      if (counts.size() < MOST_WORDS || counts.containsKey(word)) {
        counts.merge(word, 1, Integer::sum);
      }
    }

    CaptionStatistics finish() {
      List<WordCount> commonest =
          counts.entrySet().stream()
              .map(entry -> new WordCount(entry.getKey(), entry.getValue()))
              .sorted(
                  Comparator.comparingInt(WordCount::count)
                      .reversed()
                      .thenComparing(WordCount::word))
              .limit(COMMONEST)
              .toList();
      return new CaptionStatistics(
          pictures,
          captions,
          different,
          words.finish(),
          characters.finish(),
          counts.size(),
          commonest,
          byFrequency(scripts),
          byFrequency(languages),
          keywordLists,
          directed,
          drawn.stream()
              .sorted(Comparator.comparingInt(Ticket::caption))
              .map(Ticket::text)
              .toList());
    }

    private static Map<String, Integer> byFrequency(Map<String, Integer> counts) {
      return counts.entrySet().stream()
          .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
          .collect(
              Collectors.toMap(
                  Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, LinkedHashMap::new));
    }
  }
}
