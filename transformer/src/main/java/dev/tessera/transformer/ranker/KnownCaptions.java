package dev.tessera.transformer.ranker;

import dev.tessera.vqvae.data.EvenlySpaced;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Captions that a ranker was trained with: what a picture may be called.
 *
 * @param texts sorted, each once; at most {@value #MAXIMUM_COUNT}, none of them blank or longer
 *     than {@value #MAXIMUM_LENGTH} UTF-16 code units
 */
public record KnownCaptions(List<String> texts) {
  /** Captions at most: what a ranker compares with a picture in a moment. */
  public static final int MAXIMUM_COUNT = 20_000;

  /** UTF-16 code units of a caption at most. */
  public static final int MAXIMUM_LENGTH = 200;

  /** Of a model that knows none. */
  public static final KnownCaptions NONE = new KnownCaptions(List.of());

  /** Refuses what is out of range, or out of order. */
  public KnownCaptions {
    texts = List.copyOf(texts);
    if (texts.size() > MAXIMUM_COUNT) {
      throw new IllegalArgumentException(
          "there are %d captions, but may be %d".formatted(texts.size(), MAXIMUM_COUNT));
    }
    String last = "";
    for (String text : texts) {
      if (!isKept(text)) {
        throw new IllegalArgumentException(
            "a caption of %d characters cannot be kept: it must have 1 to %d that are no spaces alone"
                .formatted(text.length(), MAXIMUM_LENGTH));
      }
      if (text.compareTo(last) <= 0) {
        throw new IllegalArgumentException(
            "captions must be sorted, but \"%s\" comes after \"%s\"".formatted(text, last));
      }
      last = text;
    }
  }

  private static boolean isKept(String text) {
    // Half of a surrogate pair is no character, and would come back from a file as another one.
    return !text.isBlank()
        && text.length() <= MAXIMUM_LENGTH
        && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /**
   * Those of a set that can be kept; of too many ones evenly spread in the order of the alphabet.
   *
   * @param captions any, in any order; longer ones than {@value #MAXIMUM_LENGTH} are passed over
   */
  public static KnownCaptions of(Collection<String> captions) {
    List<String> sorted =
        captions.stream().filter(KnownCaptions::isKept).distinct().sorted().toList();
    return new KnownCaptions(
        IntStream.of(EvenlySpaced.indices(sorted.size(), MAXIMUM_COUNT))
            .mapToObj(sorted::get)
            .toList());
  }
}
