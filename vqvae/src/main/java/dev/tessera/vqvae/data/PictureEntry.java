package dev.tessera.vqvae.data;

import java.util.List;

/**
 * A prepared picture without its pixels.
 *
 * @param id path relative to the source, with slashes
 * @param captions alternatives; empty for a picture without text
 * @param concept what it shows; empty if unknown
 * @param style how it is drawn; empty if unknown
 * @param heldOut whether training must not see it
 * @param sourceHeight rows of the original
 * @param sourceWidth columns of the original
 */
public record PictureEntry(
    String id,
    List<String> captions,
    String concept,
    String style,
    boolean heldOut,
    int sourceHeight,
    int sourceWidth) {
  public PictureEntry {
    captions = List.copyOf(captions);
  }

  /** The same picture in another part of the split. */
  PictureEntry withHeldOut(boolean value) {
    return new PictureEntry(id, captions, concept, style, value, sourceHeight, sourceWidth);
  }
}
