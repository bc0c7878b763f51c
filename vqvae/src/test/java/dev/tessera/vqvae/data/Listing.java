package dev.tessera.vqvae.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All pictures of a source in memory, for sources that are small. */
final class Listing {
  private Listing() {}

  static List<SourcePicture> of(PictureSource source) throws IOException {
    List<SourcePicture> all = new ArrayList<>();
    try (PictureStream stream = source.open()) {
      for (SourcePicture next = stream.next(); next != null; next = stream.next()) {
        all.add(next);
      }
    }
    return all;
  }

  static List<SourcePicture> of(String spec) throws IOException {
    return of(PictureSource.parse(spec));
  }

  static List<String> ids(String spec) throws IOException {
    return of(spec).stream().map(SourcePicture::id).toList();
  }
}
