package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PreparedPictures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is known of pictures that a sample can be held to: concept and style where the source tells
 * them; captions as concepts where they repeat as names of classes do; else only the words of
 * captions.
 */
public final class PictureLabels {
  /** Captions that so many pictures share on average are classes. */
  private static final int SHARED = 4;

  private final boolean captionsAreClasses;

  private PictureLabels(boolean captionsAreClasses) {
    this.captionsAreClasses = captionsAreClasses;
  }

  /** Decides what captions of a set are. */
  public static PictureLabels of(PreparedPictures pictures) {
    Set<String> distinct = new HashSet<>();
    int captioned = 0;
    for (int picture : pictures.training()) {
      PictureEntry entry = pictures.entry(picture);
      if (!entry.concept().isEmpty()) {
        return new PictureLabels(false);
      }
      if (!entry.captions().isEmpty()) {
        captioned++;
        distinct.add(entry.captions().get(0));
      }
    }
    return new PictureLabels(distinct.size() > 1 && captioned >= SHARED * distinct.size());
  }

  /** What a picture shows; empty if unknown. */
  public String concept(PictureEntry entry) {
    if (captionsAreClasses) {
      return entry.captions().isEmpty() ? "" : entry.captions().get(0);
    }
    return entry.concept();
  }

  /** How a picture is drawn; empty if unknown. */
  public String style(PictureEntry entry) {
    return entry.style();
  }

  /** The words of a text in lower case: letters and digits of any script, in order. */
  public static List<String> words(String text) {
    return Stream.of(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /**
   * Numbers for names, from 0 on in the order of the names.
   *
   * @param names none empty
   */
  static int[] numbered(List<String> names) {
    List<String> sorted = new ArrayList<>(new HashSet<>(names));
    String[] ordered = sorted.toArray(String[]::new);
    Arrays.sort(ordered);
    return names.stream().mapToInt(name -> Arrays.binarySearch(ordered, name)).toArray();
  }
}
