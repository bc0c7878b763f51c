package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.util.List;

/**
 * A picture under the id that it has in a larger source.
 *
 * @param id there
 * @param picture the same in its own source
 */
record RenamedPicture(String id, SourcePicture picture) implements SourcePicture {
  @Override
  public String concept() {
    return picture.concept();
  }

  @Override
  public String style() {
    return picture.style();
  }

  @Override
  public boolean keepsBlank() {
    return picture.keepsBlank();
  }

  @Override
  public long heldBytes() {
    return picture.heldBytes();
  }

  @Override
  public List<String> captions() throws IOException {
    return picture.captions();
  }

  @Override
  public DecodedPicture decode(PictureConfig target) throws IOException {
    return picture.decode(target);
  }
}
