package dev.tessera.vqvae.caption;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * How captions that are lists of keywords vary: their order means nothing, and none of them is
 * needed.
 *
 * <p>A caption is a list of keywords if commas divide it into three parts or more, none of them
 * empty or of more than three words, and it doesn't end like a sentence. "ghost, noto style" has
 * two parts and is none.
 *
 * @param shuffled whether keywords come in another order each time
 * @param dropped chance of each keyword to be left out, 0 to 0.9; one always stays
 */
public record Keywords(boolean shuffled, double dropped) {
  /** Changes nothing. */
  public static final Keywords AS_WRITTEN = new Keywords(false, 0);

  private static final int FEWEST = 3;
  private static final int LONGEST = 3;

  /** Of Latin, Chinese and Japanese, and Arabic script. */
  private static final Pattern COMMA = Pattern.compile("\\s*[,，、،]\\s*");

  private static final Pattern SENTENCE_END = Pattern.compile(".*[.!?。！？؟]");

  public Keywords {
    if (!(dropped >= 0 && dropped <= 0.9)) {
      throw new IllegalArgumentException(
          "dropped keywords is " + dropped + ", but must be 0 to 0.9");
    }
  }

  /** What commas divide a caption into, one part at least; parts may be empty. */
  public static List<String> parts(String caption) {
    return Arrays.asList(COMMA.split(caption.strip(), -1));
  }

  /** The keywords of a caption that is a list of such, none of any other. */
  public static List<String> of(String caption) {
    List<String> parts = parts(caption);
    boolean list =
        parts.size() >= FEWEST
            && parts.stream().allMatch(Keywords::isKeyword)
            && !SENTENCE_END.matcher(caption).matches();
    return list ? parts : List.of();
  }

  private static boolean isKeyword(String part) {
    return !part.isEmpty() && part.split(" ", -1).length <= LONGEST;
  }

  /** A caption as one training step sees it. */
  String vary(String caption, RandomGenerator random) {
    if (!shuffled && dropped == 0) {
      return caption;
    }
    List<String> keywords = of(caption);
    if (keywords.isEmpty()) {
      return caption;
    }
    int stays = random.nextInt(keywords.size());
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < keywords.size(); i++) {
      boolean drop = random.nextDouble() < dropped;
      if (!drop || i == stays) {
        kept.add(shuffled ? random.nextInt(kept.size() + 1) : kept.size(), keywords.get(i));
      }
    }
    return String.join(", ", kept);
  }
}
