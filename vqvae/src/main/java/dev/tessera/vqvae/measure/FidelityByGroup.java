package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.PictureEncoder;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How well pictures of a source are reconstructed, all together and each group alone: pictures of
 * one style, say.
 *
 * @param all pictures together
 * @param groups by name, in the order of the names; empty if no picture belongs to any
 */
public record FidelityByGroup(Fidelity all, Map<String, Fidelity> groups) {
  /** So many pictures are held in memory at once. */
  private static final int PORTION = 256;

  public FidelityByGroup {
    groups = Collections.unmodifiableMap(new TreeMap<>(groups));
  }

  /**
   * Reconstructs pictures and compares.
   *
   * @param encoder chooses the codes: the codec itself, or a search
   * @param which of the pictures, at least one
   * @param group the name of a picture's group; empty for none
   */
  public static FidelityByGroup of(
      PictureCodec codec,
      PictureEncoder encoder,
      PreparedPictures pictures,
      int[] which,
      Function<PictureEntry, String> group) {
    int codebook = codec.config().quantiser().codebookSize();
    Fidelity.Tally all = new Fidelity.Tally(codebook);
    Map<String, Fidelity.Tally> groups = new TreeMap<>();
    for (int start = 0; start < which.length; start += PORTION) {
      int first = start;
      int count = Math.min(PORTION, which.length - start);
      int[][] codes = encoder.encode(count, i -> pictures.picture(which[first + i]));
      List<Rgb> reconstructions = codec.decode(codes);
      for (int i = 0; i < count; i++) {
        int picture = which[first + i];
        Rgb original = pictures.picture(picture);
        all.add(original, reconstructions.get(i), codes[i]);
        String own = group.apply(pictures.entry(picture));
        if (!own.isEmpty()) {
          groups
              .computeIfAbsent(own, name -> new Fidelity.Tally(codebook))
              .add(original, reconstructions.get(i), codes[i]);
        }
      }
    }
    Map<String, Fidelity> results = new TreeMap<>();
    groups.forEach((name, tally) -> results.put(name, tally.result()));
    return new FidelityByGroup(all.result(), results);
  }
}
