package dev.tessera.vqvae.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where pictures and captions come from. */
public sealed interface PictureSource
    permits FolderSource, EmojiSource, TarSource, CocoSource, IdxSource, MixedSource {
  /** The ways of writing a source, for help and errors. */
  String FORMS =
      "a folder, emoji, emoji:STYLE,STYLE@CONCEPTS, tar:PATTERN, coco:FILE.json, idx:FOLDER, or"
          + " several of these as A+B*WEIGHT";

  /**
   * The source that a string names; see the package for the ways of writing.
   *
   * @throws IllegalArgumentException if the string names no source
   */
  static PictureSource parse(String text) {
    List<MixedSource.Part> parts = new ArrayList<>();
    for (SourceSpec.Part part : SourceSpec.parts(text)) {
      parts.add(new MixedSource.Part(single(text, part.text()), part.weight()));
    }
    return parts.size() == 1 ? parts.get(0).source() : new MixedSource(parts);
  }

  private static PictureSource single(String whole, String spec) {
    if (spec.isEmpty()) {
      String where = whole.isBlank() ? "the source" : "a part of the source " + whole;
      throw new IllegalArgumentException(
          where + " is empty, but must be " + FORMS + "; a + in a name is written ++");
    }
    if (EmojiSource.isNamedBy(spec)) {
      return EmojiSource.parse(spec);
    }
    int colon = spec.indexOf(':');
    String scheme = colon < 0 ? "" : spec.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = spec.substring(colon + 1);
    return switch (scheme) {
      case "tar" -> TarSource.parse(rest);
      case "coco" -> CocoSource.parse(rest);
      case "idx" -> IdxSource.parse(rest);
      default -> FolderSource.parse(spec);
    };
  }

  /** The string that {@link #parse} reads as this source. */
  String spec();

  /**
   * A digest of the source's name that changes whenever pictures or captions do too (32 bytes).
   * Cheap: no picture is read.
   *
   * @throws IOException if the source cannot be listed
   */
  byte[] stamp() throws IOException;

  /**
   * All pictures from the first on.
   *
   * @throws IOException if the source cannot be read or has no pictures
   */
  PictureStream open() throws IOException;

  /** Licence and attribution of the pictures, one line for each origin. */
  String notice() throws IOException;

  /**
   * Which pictures are held out from training.
   *
   * @param entries all pictures, without duplicates, in the order of the stream
   * @return one flag for each
   */
  boolean[] split(List<PictureEntry> entries, PrepareOptions options);

  /** How often a pass of training shows each picture of each part; one part unless mixed. */
  default double[] weights() {
    return new double[] {1};
  }

  /** The number of the part that a picture belongs to. */
  default int part(String id) {
    return 0;
  }

  /**
   * The set that a picture belongs to when a model is measured on each set alone: its style, or the
   * folder at the top of the source that holds it where styles are unknown; empty for none.
   */
  default String group(PictureEntry entry) {
    String id = entry.id();
    return entry.style().isEmpty() ? id.substring(0, Math.max(0, id.indexOf('/'))) : entry.style();
  }
}
