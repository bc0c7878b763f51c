package dev.tessera.vqvae.training;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.vqvae.data.PreparedPictures;
import java.util.List;

/**
 * Endless passes over a set, each in an order of its own. Which example comes at a place depends on
 * the seed and the place alone.
 *
 * <p>A set may have parts of different weights. A pass shows each example of a part as often as its
 * weight says; of a weight with a fraction, that share of the part comes once more, and every
 * example comes once before any comes twice.
 */
public final class EpochOrder {
  private final List<PreparedPictures.Part> parts;
  private final long seed;
  private final String purpose;
  private final int length;
  private long epoch = -1;
  private int[] examples = {};
  private long[] showings = {};

  /**
   * One part of weight 1.
   *
   * @param examples what to draw from; not empty
   */
  public EpochOrder(int[] examples, long seed, String purpose) {
    this(List.of(new PreparedPictures.Part(examples.clone(), 1)), seed, purpose);
  }

  /**
   * Several parts.
   *
   * @param parts not all empty
   */
  public EpochOrder(List<PreparedPictures.Part> parts, long seed, String purpose) {
    this.parts = List.copyOf(parts);
    this.seed = seed;
    this.purpose = purpose;
    this.length = length(parts);
    if (length == 0) {
      throw new IllegalArgumentException("there is nothing to train on");
    }
  }

  /** Places of one pass over several parts. */
  public static int length(List<PreparedPictures.Part> parts) {
    return Math.toIntExact(parts.stream().mapToLong(EpochOrder::perPass).sum());
  }

  /** Places that a part has in a pass. */
  private static long perPass(PreparedPictures.Part part) {
    int count = part.pictures().length;
    return count == 0 ? 0 : Math.max(1, Math.round(count * part.weight()));
  }

  /** Places of a pass. */
  public int length() {
    return length;
  }

  /** The example at a place of the endless sequence, from 0 on. */
  public int at(long place) {
    draw(epochOf(place));
    return examples[(int) (place % length)];
  }

  /** How often the example at a place comes before it. */
  public long showing(long place) {
    draw(epochOf(place));
    return showings[(int) (place % length)];
  }

  /** Which pass a place belongs to, from 0 on. */
  public long epochOf(long place) {
    return place / length;
  }

  private void draw(long wanted) {
    if (wanted == epoch) {
      return;
    }
    int[] order = new CounterRandom(seed, purpose, wanted).permutation(length);
    int[] placeOf = new int[length];
    for (int place = 0; place < length; place++) {
      placeOf[order[place]] = place;
    }
    examples = new int[length];
    showings = new long[length];
    int next = 0;
    for (int part = 0; part < parts.size(); part++) {
      next = draw(part, wanted, placeOf, next);
    }
    epoch = wanted;
  }

  /** Puts the examples of a part at their places; returns the first number that is left. */
  private int draw(int part, long wanted, int[] placeOf, int from) {
    int[] all = parts.get(part).pictures();
    long perPass = perPass(parts.get(part));
    int next = from;
    long shown = wanted * perPass;
    while (shown < (wanted + 1) * perPass) {
      long round = shown / all.length;
      int first = (int) (shown % all.length);
      int end = (int) Math.min(all.length, first + (wanted + 1) * perPass - shown);
      // A whole round needs no order of its own: the places are in random order already.
      boolean whole = first == 0 && end == all.length;
      int[] order =
          whole
              ? new int[0]
              : new CounterRandom(seed, purpose + " part " + part, round).permutation(all.length);
      for (int i = first; i < end; i++) {
        examples[placeOf[next]] = all[whole ? i : order[i]];
        showings[placeOf[next]] = round;
        next++;
      }
      shown += end - first;
    }
    return next;
  }
}
