package dev.tessera.vqvae.data;

import dev.tessera.engine.random.CounterRandom;
import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Counts while an audit passes over a source. What it keeps of a picture that is as it should be
 * are some 50 bytes.
 */
final class AuditTally implements PicturePass.Sink, Closeable {
  /** Of a crop to a square, what is left where the sides are as 3 to 4. */
  private static final double MODERATE = 4.0 / 3;

  private static final double ASPECT_STEPS = 1000;

  private final long seed;
  private final Counted.Tally<Rejected> rejected = new Counted.Tally<>();
  private final Distribution.Tally heights = new Distribution.Tally();
  private final Distribution.Tally widths = new Distribution.Tally();
  private final Distribution.Tally shortSides = new Distribution.Tally();
  private final Distribution.Tally aspects = new Distribution.Tally();
  private final Map<String, Integer> formats = new TreeMap<>();
  private final Map<String, Integer> modes = new TreeMap<>();
  private final CaptionStatistics.Tally captions;
  private final LookAlikes lookAlikes = new LookAlikes();
  private final Counted.Tally<String> blank = new Counted.Tally<>();
  private int usable;

  /** The usable pictures with the lowest tickets so far, the highest of these at the head. */
  private final PriorityQueue<Ticket> drawn =
      new PriorityQueue<>(Comparator.comparingLong(Ticket::number).reversed());

  private record Ticket(long number, Audit.Sample sample) {}

  AuditTally(long seed) throws IOException {
    this.seed = seed;
    this.captions = new CaptionStatistics.Tally(seed);
  }

  @Override
  public void accept(SourcePicture picture, PicturePass.Outcome outcome) throws IOException {
    if (outcome instanceof PicturePass.Ready ready) {
      count(picture.id(), ready);
    } else if (outcome instanceof PicturePass.Broken broken) {
      rejected.add(new Rejected(picture.id(), broken.reason()));
    }
  }

  private void count(String id, PicturePass.Ready ready) throws IOException {
    long number = new CounterRandom(seed, "audit sample", usable).nextLong();
    drawn.add(new Ticket(number, new Audit.Sample(id, ready.captions(), ready.pixels())));
    if (drawn.size() > Audit.SAMPLE) {
      drawn.remove();
    }
    usable++;
    heights.add(ready.height());
    widths.add(ready.width());
    shortSides.add(Math.min(ready.height(), ready.width()));
    aspects.add(Math.rint(ASPECT_STEPS * ready.width() / ready.height()) / ASPECT_STEPS);
    formats.merge(ready.format(), 1, Integer::sum);
    modes.merge(ready.mode().name(), 1, Integer::sum);
    captions.add(ready.captions());
    lookAlikes.add(id, ready.pixels());
    if (ready.pixels().isUniform()) {
      blank.add(id);
    }
  }

  /**
   * The result.
   *
   * @param files pictures of the source, usable or not
   * @param seconds that the pass took
   */
  Audit finish(PictureSource source, int files, double seconds) throws IOException {
    LookAlikes.Groups groups = lookAlikes.finish();
    return new Audit(
        source.spec(),
        files,
        usable,
        seconds,
        rejected.finish(),
        new Audit.Shapes(
            heights.finish(),
            widths.finish(),
            shortSides.finish(),
            aspects.finish(),
            aspects.within(0, 1 / MODERATE),
            aspects.within(MODERATE, Double.POSITIVE_INFINITY)),
        Collections.unmodifiableMap(formats),
        Collections.unmodifiableMap(modes),
        captions.finish(),
        groups.equal(),
        groups.repeated(),
        groups.alike(),
        groups.resembling(),
        blank.finish(),
        source.notice(),
        drawn.stream().map(Ticket::sample).sorted(Comparator.comparing(Audit.Sample::id)).toList());
  }

  @Override
  public void close() throws IOException {
    lookAlikes.close();
  }
}
