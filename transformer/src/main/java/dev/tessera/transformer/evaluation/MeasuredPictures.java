package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.evaluation.feature.PictureLabels;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures of a set that an evaluation looks at.
 *
 * @param pictures of one size
 * @param entries what is known of each
 * @param labels what they can be held to
 */
record MeasuredPictures(List<Rgb> pictures, List<PictureEntry> entries, PictureLabels labels) {
  MeasuredPictures {
    pictures = List.copyOf(pictures);
    entries = List.copyOf(entries);
  }

  static MeasuredPictures of(PreparedPictures set, int[] which, PictureLabels labels) {
    return new MeasuredPictures(
        Arrays.stream(which).mapToObj(set::picture).toList(),
        Arrays.stream(which).mapToObj(set::entry).toList(),
        labels);
  }

  int size() {
    return pictures.size();
  }

  /** The first caption of each; empty for none. */
  List<String> captions() {
    return entries.stream()
        .map(entry -> entry.captions().isEmpty() ? "" : entry.captions().get(0))
        .toList();
  }

  /** What each shows; empty for unknown. */
  List<String> concepts() {
    return entries.stream().map(labels::concept).toList();
  }

  /** How each is drawn; empty for unknown. */
  List<String> styles() {
    return entries.stream().map(labels::style).toList();
  }
}
