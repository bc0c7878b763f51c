package dev.tessera.vqvae.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a source, one after the other in an order that depends on the source alone, each
 * still undecoded. What is behind the stream stays on the disk: a stream over millions of pictures
 * takes no more memory than one over a few. Used by one thread.
 */
public interface PictureStream extends Closeable {
  /** {@link #expected} of a stream that cannot tell. */
  int UNKNOWN = -1;

  /**
   * The next picture, or null after the last. An entry that cannot be used is a picture too, one
   * that cannot be decoded.
   *
   * @throws IOException if the source cannot be read on, or has ended without any picture
   */
  @Nullable SourcePicture next() throws IOException;

  /** Pictures from the first to the last, or {@link #UNKNOWN}. */
  int expected();

  @Override
  default void close() throws IOException {}

  /** A stream of what is in memory anyway. */
  static PictureStream of(List<? extends SourcePicture> pictures) {
    Iterator<? extends SourcePicture> rest = pictures.iterator();
    return new PictureStream() {
      @Override
      public @Nullable SourcePicture next() {
        return rest.hasNext() ? rest.next() : null;
      }

      @Override
      public int expected() {
        return pictures.size();
      }
    };
  }
}
