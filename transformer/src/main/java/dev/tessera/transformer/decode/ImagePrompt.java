package dev.tessera.transformer.decode;

/**
 * What one picture is to be sampled from.
 *
 * @param bpe ids of the text without end of text; empty for none
 * @param known Ni times whether the code of a slot is given; empty if none is
 * @param codes as many codes in raster order; those of slots that are not known do not matter
 * @param sample number of the sample, which its randomness is drawn by
 */
public record ImagePrompt(int[] bpe, boolean[] known, int[] codes, long sample) {
  public ImagePrompt {
    if (known.length != codes.length) {
      throw new IllegalArgumentException(
          "there are " + codes.length + " codes, but " + known.length + " marks of known ones");
    }
  }

  /** A whole picture from a text. */
  public static ImagePrompt text(int[] bpe, long sample) {
    return new ImagePrompt(bpe, new boolean[0], new int[0], sample);
  }

  /** Whether something is known after something that is not, in raster order. */
  public boolean needsInfilling() {
    boolean gap = false;
    for (boolean one : known) {
      if (one && gap) {
        return true;
      }
      gap |= !one;
    }
    return false;
  }

  /** Whether the code of a slot is given. */
  boolean knows(int slot) {
    return known.length > 0 && known[slot];
  }
}
