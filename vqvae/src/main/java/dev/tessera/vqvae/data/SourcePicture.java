package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.util.List;

/** A picture of a source, not decoded yet. Safe to use on any thread. */
public interface SourcePicture {
  /** Path relative to the source, with slashes: unique in it. */
  String id();

  /** What the picture shows, in words that don't depend on how it is drawn; empty if unknown. */
  default String concept() {
    return "";
  }

  /** How it is drawn; empty if unknown. */
  default String style() {
    return "";
  }

  /** Whether a picture that shows nothing but background is data, and not a defect. */
  default boolean keepsBlank() {
    return true;
  }

  /** Bytes of a file that this object holds in memory; 0 if it reads them when asked to decode. */
  default long heldBytes() {
    return 0;
  }

  /** Reads the alternative captions, which may be none, as the source has them. */
  List<String> captions() throws IOException;

  /**
   * Decodes the picture.
   *
   * @param target the shape that it will be brought to: more pixels than it needs may be left out
   * @throws dev.tessera.vqvae.picture.BrokenPictureException if it cannot be used
   */
  DecodedPicture decode(PictureConfig target) throws IOException;
}
