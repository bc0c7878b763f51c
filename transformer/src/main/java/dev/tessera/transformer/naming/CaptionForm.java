package dev.tessera.transformer.naming;

import dev.tessera.vqvae.caption.Keywords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What captions are made of: commas divide them into so many parts, and any part that one of them
 * has at a place may stand there. Of "ghost, noto style" and "sun, blob style" are made "ghost,
 * blob style" and "sun, noto style", too.
 *
 * @param places for each place the parts that may stand there, sorted, each once; 1 to {@value
 *     #MAXIMUM_PLACES} places of at most {@value #MAXIMUM_PARTS} parts, none of them blank or
 *     longer than {@value #MAXIMUM_LENGTH} UTF-16 code units
 */
public record CaptionForm(List<List<String>> places) {
  public static final int MAXIMUM_PLACES = 8;
  public static final int MAXIMUM_PARTS = 10_000;
  public static final int MAXIMUM_LENGTH = 200;

  /** Captions for each part at least, on average: what comes once alone can hardly be learned. */
  private static final int CAPTIONS_PER_PART = 2;

  private static final String COMMA = ", ";

  /** Refuses what is out of range, or out of order. */
  public CaptionForm {
    require(
        !places.isEmpty() && places.size() <= MAXIMUM_PLACES, "has " + places.size() + " places");
    places = places.stream().map(List::copyOf).toList();
    for (List<String> parts : places) {
      require(
          !parts.isEmpty() && parts.size() <= MAXIMUM_PARTS,
          "has a place of " + parts.size() + " parts");
      String last = "";
      for (String part : parts) {
        require(isKept(part), "has a part of " + part.length() + " characters");
        require(last.compareTo(part) < 0, "has \"" + part + "\" after \"" + last + "\"");
        last = part;
      }
    }
  }

  private static void require(boolean condition, String found) {
    if (!condition) {
      throw new IllegalArgumentException(
          "the form of captions "
              + found
              + ", but must have 1 to %d places of 1 to %d sorted parts of 1 to %d characters"
                  .formatted(MAXIMUM_PLACES, MAXIMUM_PARTS, MAXIMUM_LENGTH));
    }
  }

  private static boolean isKept(String part) {
    // Half of a surrogate pair is no character, and would come back from a file as another one.
    return !part.isBlank()
        && part.length() <= MAXIMUM_LENGTH
        && StandardCharsets.UTF_8.newEncoder().canEncode(part);
  }

  /**
   * The form that most of some captions have.
   *
   * @param captions one for each picture that has any; those count whose parts a comma and a space
   *     join, as {@link #caption} does
   * @return nothing if their parts do not come back: if there is a part for less than {@value
   *     #CAPTIONS_PER_PART} captions, or if there are too many or too long ones
   */
  public static Optional<CaptionForm> of(Collection<String> captions) {
    Map<Integer, List<List<String>>> byCount =
        captions.stream()
            .filter(caption -> caption.equals(String.join(COMMA, Keywords.parts(caption))))
            .map(Keywords::parts)
            .filter(parts -> parts.stream().allMatch(CaptionForm::isKept))
            .collect(Collectors.groupingBy(List::size, TreeMap::new, Collectors.toList()));
    return byCount.values().stream()
        .max(Comparator.comparingInt(List::size))
        .filter(most -> most.get(0).size() <= MAXIMUM_PLACES)
        .flatMap(CaptionForm::ofSameForm);
  }

  private static Optional<CaptionForm> ofSameForm(List<List<String>> captions) {
    List<List<String>> places = new ArrayList<>();
    for (int place = 0; place < captions.get(0).size(); place++) {
      int at = place;
      TreeSet<String> parts =
          captions.stream()
              .map(caption -> caption.get(at))
              .collect(Collectors.toCollection(TreeSet::new));
      if (parts.size() > MAXIMUM_PARTS || CAPTIONS_PER_PART * parts.size() > captions.size()) {
        return Optional.empty();
      }
      places.add(List.copyOf(parts));
    }
    return Optional.of(new CaptionForm(places));
  }

  /**
   * Which parts a caption has.
   *
   * @return for each place the index of a part, −1 for one that is not known; nothing for a caption
   *     of another form
   */
  public Optional<int[]> parse(String caption) {
    List<String> parts = Keywords.parts(caption);
    if (parts.size() != places.size()) {
      return Optional.empty();
    }
    int[] found = new int[parts.size()];
    Arrays.setAll(
        found,
        place -> Math.max(-1, Collections.binarySearch(places.get(place), parts.get(place))));
    return Optional.of(found);
  }

  /** The caption that is made of a part for each place. */
  public String caption(int[] parts) {
    return IntStream.range(0, parts.length)
        .mapToObj(place -> places.get(place).get(parts[place]))
        .collect(Collectors.joining(COMMA));
  }

  /**
   * The choices of a part for each place that have the highest sum of scores, the best first.
   *
   * @param scores [places][parts of the place]
   * @param most choices at most
   */
  static List<int[]> best(double[][] scores, int most) {
    // Who is among the best as a whole has the beginning of one of the best.
    List<int[]> choices = List.of(new int[0]);
    for (int place = 0; place < scores.length; place++) {
      int[] order = order(scores[place], most);
      List<int[]> longer = new ArrayList<>();
      for (int[] choice : choices) {
        for (int part : order) {
          int[] next = Arrays.copyOf(choice, place + 1);
          next[place] = part;
          longer.add(next);
        }
      }
      double[] sums = longer.stream().mapToDouble(choice -> sum(scores, choice)).toArray();
      choices = Arrays.stream(order(sums, most)).mapToObj(longer::get).toList();
    }
    return choices;
  }

  /** The sum of the scores of a choice for the first places. */
  static double sum(double[][] scores, int[] choice) {
    return IntStream.range(0, choice.length).mapToDouble(i -> scores[i][choice[i]]).sum();
  }

  /** Indices by falling score, equal ones as they are. */
  private static int[] order(double[] scores, int most) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .limit(most)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
