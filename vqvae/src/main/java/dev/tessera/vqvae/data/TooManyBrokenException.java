package dev.tessera.vqvae.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** More files of a source are unusable than {@link PrepareOptions} allows. */
public final class TooManyBrokenException extends IOException {
  private final transient List<Rejected> rejected;
  private final transient Path list;

  TooManyBrokenException(
      String source, int total, List<Rejected> rejected, double most, Path list) {
    super(
        String.format(
            "%d of %d pictures in %s cannot be used, but at most %s %% may be; they are listed in"
                + " %s, the first is %s (%s)",
            rejected.size(),
            total,
            source,
            percent(most),
            list,
            rejected.get(0).id(),
            rejected.get(0).reason()));
    this.rejected = List.copyOf(rejected);
    this.list = list;
  }

  /** The files and what is wrong with each. */
  public List<Rejected> rejected() {
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
