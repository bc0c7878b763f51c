package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PictureDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The images of a COCO file in its order. */
final class CocoStream implements PictureStream {
  private final CocoIndex index;
  private final Path folder;
  private int next;

  CocoStream(CocoIndex index, Path folder) {
    this.index = index;
    this.folder = folder;
  }

  @Override
  public @Nullable SourcePicture next() throws IOException {
    if (next == index.images()) {
      return null;
    }
    int image = next++;
    String name = index.fileName(image);
    CocoIndex.Location place = CocoIndex.Location.of(folder, name);
    return place.isUsable()
        ? new CocoPicture(name, place.path(), index, image)
        : new BrokenEntry(name, "its file name leads out of the folder of the pictures");
  }

  @Override
  public int expected() {
    return index.images();
  }

  private record CocoPicture(String id, Path path, CocoIndex index, int image)
      implements SourcePicture {
    @Override
    public List<String> captions() throws IOException {
      return index.captions(image);
    }

    @Override
    public DecodedPicture decode(PictureConfig target) throws IOException {
      return PictureDecoder.decode(path, target);
    }
  }
}
