package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.BrokenPictureException;
import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.util.List;

/**
 * An entry of a source that is known to be unusable before anyone decodes it.
 *
 * @param id its name in the source
 * @param reason what is wrong with it
 */
record BrokenEntry(String id, String reason) implements SourcePicture {
  @Override
  public List<String> captions() {
    return List.of();
  }

  @Override
  public DecodedPicture decode(PictureConfig target) throws IOException {
    throw new BrokenPictureException(id, reason);
  }
}
