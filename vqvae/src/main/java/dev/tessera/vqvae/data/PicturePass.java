package dev.tessera.vqvae.data;

import dev.tessera.vqvae.caption.Captions;
import dev.tessera.vqvae.picture.BrokenPictureException;
import dev.tessera.vqvae.picture.ColourMode;
import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Pictures;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One pass over a source: pictures are decoded and prepared on all processors, and handed over on
 * the calling thread in the order of the stream. A few pictures for each processor are in memory at
 * once, and no more than {@link #BYTES_AHEAD} of undecoded files but for the newest.
 */
final class PicturePass {
  private static final int AHEAD = 4;

  private static final long BYTES_AHEAD = 64L << 20;

  /** What became of a picture. */
  sealed interface Outcome {}

  /**
   * A picture that can be used.
   *
   * @param pixels in the model's shape
   * @param captions alternatives in the form of {@link Captions}
   * @param height rows of the original
   * @param width columns of the original
   * @param format of its file
   * @param mode how its file holds colours
   */
  record Ready(
      Rgb pixels, List<String> captions, int height, int width, String format, ColourMode mode)
      implements Outcome {}

  /** A picture that cannot be used. */
  record Broken(String reason) implements Outcome {}

  /** Takes the pictures, one by one. */
  interface Sink {
    void accept(SourcePicture picture, Outcome outcome) throws IOException;
  }

  private record Running(SourcePicture picture, Future<Outcome> outcome) {}

  private PicturePass() {}

  /**
   * Passes over all pictures.
   *
   * @return how many there were, usable or not
   */
  static int run(PictureStream pictures, PictureConfig config, PrepareListener listener, Sink sink)
      throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    ExecutorService pool =
        Executors.newFixedThreadPool(
            processors,
            task -> {
              Thread thread = new Thread(task, "tessera-pictures");
              thread.setDaemon(true);
              return thread;
            });
    try {
      Deque<Running> running = new ArrayDeque<>();
      long bytesAhead = 0;
      boolean more = true;
      int done = 0;
      while (true) {
        while (more && running.size() < AHEAD * processors && bytesAhead < BYTES_AHEAD) {
          SourcePicture next = pictures.next();
          more = next != null;
          if (next != null) {
            bytesAhead += next.heldBytes();
            running.add(new Running(next, pool.submit(() -> prepare(next, config))));
          }
        }
        Running first = running.poll();
        if (first == null) {
          return done;
        }
        bytesAhead -= first.picture().heldBytes();
        sink.accept(first.picture(), await(first.outcome()));
        done++;
        listener.progress(done, total(pictures.expected(), done));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static int total(int expected, int done) {
    return expected == PictureStream.UNKNOWN ? expected : Math.max(expected, done);
  }

  private static Outcome await(Future<Outcome> outcome) throws IOException {
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("the preparation of pictures was interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a picture could not be prepared", e.getCause());
    }
  }

  private static Outcome prepare(SourcePicture picture, PictureConfig config) {
    try {
      DecodedPicture decoded = picture.decode(config);
      return new Ready(
          Pictures.prepare(decoded, config),
          Captions.alternatives(picture.captions()),
          decoded.height(),
          decoded.width(),
          decoded.format(),
          decoded.mode());
    } catch (BrokenPictureException e) {
      return new Broken(e.reason());
    } catch (IOException e) {
      String message = e.getMessage();
      return new Broken(message == null ? e.getClass().getSimpleName() : message);
    }
  }
}
