package dev.tessera.vqvae.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which pictures are held out. Both ways hash names, so other pictures don't change a choice. */
final class Split {
  /** Smaller collections are trained on whole. */
  static final int MINIMUM_PICTURES = 20;

  private Split() {}

  /** Pictures whose hash is below the fraction; the lowest if that is none. */
  static boolean[] byId(List<PictureEntry> entries, PrepareOptions options) {
    boolean[] heldOut = new boolean[entries.size()];
    if (entries.size() < MINIMUM_PICTURES || options.heldOutFraction() == 0) {
      return heldOut;
    }
    String salt = Long.toString(options.seed());
    int lowest = 0;
    double lowestHash = 1;
    boolean any = false;
    for (int i = 0; i < heldOut.length; i++) {
      double hash = Digest.unit("split", salt, entries.get(i).id());
      heldOut[i] = hash < options.heldOutFraction();
      any |= heldOut[i];
      if (hash < lowestHash) {
        lowestHash = hash;
        lowest = i;
      }
    }
    heldOut[lowest] |= !any;
    return heldOut;
  }

  /**
   * Pairs of concept and style whose hash is below the fraction, as long as training sees the
   * concept in another style: a test of composition. The seed has no part in it.
   */
  static boolean[] byPair(List<PictureEntry> entries, PrepareOptions options) {
    boolean[] heldOut = new boolean[entries.size()];
    Map<String, List<Integer>> concepts = new HashMap<>();
    for (int i = 0; i < heldOut.length; i++) {
      concepts.computeIfAbsent(entries.get(i).concept(), concept -> new ArrayList<>()).add(i);
    }
    for (List<Integer> sameConcept : concepts.values()) {
      // In the order of their hashes, so the one that stays for training is always the same.
      sameConcept.sort(Comparator.comparingDouble(i -> hash(entries.get(i))));
      for (int i : sameConcept) {
        heldOut[i] =
            hash(entries.get(i)) < options.heldOutFraction()
                && sameConcept.stream()
                    .anyMatch(
                        other ->
                            !heldOut[other]
                                && !entries.get(other).style().equals(entries.get(i).style()));
      }
    }
    return heldOut;
  }

  private static double hash(PictureEntry entry) {
    return Digest.unit("pair", entry.concept(), entry.style());
  }
}
