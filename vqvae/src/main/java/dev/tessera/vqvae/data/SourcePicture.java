package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.util.List;

/** A picture of a source, not read yet. Safe to use on any thread. */
public interface SourcePicture {
  /** Path relative to the source, with slashes: unique in it. */
  String id();

  /** What the picture shows, in words that don't depend on how it is drawn; empty if unknown. */
  String concept();

  /** How it is drawn; empty if unknown. */
  String style();

  /** Reads the alternative captions, which may be none. */
  List<String> captions() throws IOException;

  /**
   * Reads the picture.
   *
   * @param target the shape that it will be brought to: more pixels than it needs may be left out
   */
  DecodedPicture decode(PictureConfig target) throws IOException;
}
