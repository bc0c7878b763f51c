package dev.tessera.vqvae.data;

import java.io.IOException;
import java.nio.file.Path;

/** More files of a source are unusable than {@link PrepareOptions} allows. */
public final class TooManyBrokenException extends IOException {
  private final int rejected;
  private final transient Path list;

  TooManyBrokenException(String source, int total, Quarantine rejected, double most, Path list) {
    super(
        String.format(
            "%d of %d pictures in %s cannot be used, but at most %s %% may be; they are listed in"
                + " %s, the first is %s (%s)",
            rejected.count(),
            total,
            source,
            percent(most),
            list,
            rejected.first().get(0).id(),
            rejected.first().get(0).reason()));
    this.rejected = rejected.count();
    this.list = list;
  }

  /** How many files cannot be used. */
  public int rejected() {
    return rejected;
  }

  /** The file that lists them: id, tab, reason. */
  public Path list() {
    return list;
  }

  private static String percent(double fraction) {
    double percent = fraction * 100;
    return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
  }
}
