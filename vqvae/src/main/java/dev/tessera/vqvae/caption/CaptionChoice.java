package dev.tessera.vqvae.caption;

import dev.tessera.engine.random.CounterRandom;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which words a picture is shown with. Alternatives take turns: the first of them is drawn for each
 * picture, and every further showing takes the next, so that none is left out.
 *
 * @param keywords how lists of keywords vary
 */
public record CaptionChoice(Keywords keywords) {
  /**
   * The caption of one showing.
   *
   * @param alternatives at least one
   * @param seed of the run
   * @param picture its number
   * @param showing how often the picture was shown before
   * @param random draws for this showing
   */
  public String choose(
      List<String> alternatives, long seed, int picture, long showing, RandomGenerator random) {
    int count = alternatives.size();
    int turn = 0;
    if (count > 1) {
      int first = new CounterRandom(seed, "first caption", picture).nextInt(count);
      turn = (int) ((first + showing) % count);
    }
    return keywords.vary(alternatives.get(turn), random);
  }
}
