package dev.tessera.vqvae.data;

/**
 * How a source is split and how much damage is tolerated.
 *
 * @param seed chooses among the splits of a folder; emoji have one split whatever the seed. Whoever
 *     evaluates a model must split as its training did, so leave 0 unless several splits are wanted
 * @param heldOutFraction share of the pictures that training doesn't see, 0 to 0.5
 * @param maxBrokenFraction share of unusable files above which preparation fails, 0 to 1
 */
public record PrepareOptions(long seed, double heldOutFraction, double maxBrokenFraction) {
  /** Seed 0, a twentieth held out, a twentieth broken at most. */
  public static final PrepareOptions DEFAULT = new PrepareOptions(0, 0.05, 0.05);

  public PrepareOptions {
    require("heldOutFraction", heldOutFraction, 0.5);
    require("maxBrokenFraction", maxBrokenFraction, 1);
  }

  private static void require(String name, double value, double maximum) {
    if (!(value >= 0 && value <= maximum)) {
      throw new IllegalArgumentException(
          String.format("%s is %s, but must be 0 to %.1f", name, value, maximum));
    }
  }
}
