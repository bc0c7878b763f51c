package dev.tessera.vqvae.data;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Where pictures and captions come from. */
public sealed interface PictureSource permits FolderSource, EmojiSource {
  /**
   * The source that a string names; see the package for the ways of writing.
   *
   * @throws IllegalArgumentException if the string names no source
   */
  static PictureSource parse(String text) {
    String spec = text.strip();
    if (spec.isEmpty()) {
      throw new IllegalArgumentException(
          "the source is empty, but must be a folder, emoji or emoji:STYLE,STYLE@CONCEPTS");
    }
    if (EmojiSource.isNamedBy(spec)) {
      return EmojiSource.parse(spec);
    }
    for (String scheme : List.of("idx:", "tar:", "coco:")) {
      if (spec.toLowerCase(Locale.ROOT).startsWith(scheme)) {
        throw new IllegalArgumentException(
            "the source " + spec + " is not supported yet: use a folder or emoji");
      }
    }
    return FolderSource.parse(spec);
  }

  /** The string that {@link #parse} reads as this source. */
  String spec();

  /**
   * A digest that changes whenever pictures or captions do (32 bytes). Cheap: no picture is read.
   *
   * @throws IOException if the source cannot be listed
   */
  byte[] stamp() throws IOException;

  /**
   * All pictures in the order of their ids, still undecoded.
   *
   * @return at least one
   * @throws IOException if the source cannot be listed or has no pictures
   */
  List<SourcePicture> pictures() throws IOException;

  /** Licence and attribution of the pictures, one line for each origin. */
  String notice() throws IOException;

  /** Whether a picture that shows nothing but background is data, and not a defect. */
  boolean keepsBlank();

  /**
   * Which pictures are held out from training.
   *
   * @param entries all pictures, without duplicates
   * @return one flag for each
   */
  boolean[] split(List<PictureEntry> entries, PrepareOptions options);
}
