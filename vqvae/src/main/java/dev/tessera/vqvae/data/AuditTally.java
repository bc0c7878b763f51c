package dev.tessera.vqvae.data;

import com.google.protobuf.ByteString;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/** Counts while an audit passes over a source. */
final class AuditTally implements PicturePass.Sink {
  private final long seed;
  private final List<Rejected> rejected = new ArrayList<>();
  private final List<Integer> heights = new ArrayList<>();
  private final List<Integer> widths = new ArrayList<>();
  private final Map<String, Integer> formats = new TreeMap<>();
  private final Map<String, Integer> modes = new TreeMap<>();
  private final List<List<String>> captions = new ArrayList<>();
  private final Map<ByteString, List<String>> byPixels = new LinkedHashMap<>();
  private final List<String> blank = new ArrayList<>();

  /** The usable pictures with the lowest tickets so far, the highest of these at the head. */
  private final PriorityQueue<Ticket> drawn =
      new PriorityQueue<>(Comparator.comparingLong(Ticket::number).reversed());

  private record Ticket(long number, Audit.Sample sample) {}

  AuditTally(long seed) {
    this.seed = seed;
  }

  @Override
  public void accept(SourcePicture picture, PicturePass.Outcome outcome) {
    if (outcome instanceof PicturePass.Ready ready) {
      count(picture.id(), ready);
    } else if (outcome instanceof PicturePass.Broken broken) {
      rejected.add(new Rejected(picture.id(), broken.reason()));
    }
  }

  private void count(String id, PicturePass.Ready ready) {
    String label = ready.captions().isEmpty() ? id : ready.captions().get(0);
    long number = new CounterRandom(seed, "audit sample", heights.size()).nextLong();
    drawn.add(new Ticket(number, new Audit.Sample(id, label, ready.pixels())));
    if (drawn.size() > Audit.SAMPLE) {
      drawn.remove();
    }
    heights.add(ready.height());
    widths.add(ready.width());
    formats.merge(ready.format(), 1, Integer::sum);
    modes.merge(ready.mode().name(), 1, Integer::sum);
    captions.add(ready.captions());
    ByteString identity = ByteString.copyFrom(Sha256.of(ready.pixels().pixels()));
    byPixels.computeIfAbsent(identity, pixels -> new ArrayList<>(1)).add(id);
    if (ready.pixels().isUniform()) {
      blank.add(id);
    }
  }

  Audit finish(PictureSource source, int files) throws IOException {
    double[] rows = heights.stream().mapToDouble(Integer::doubleValue).toArray();
    double[] columns = widths.stream().mapToDouble(Integer::doubleValue).toArray();
    double[] aspects = new double[rows.length];
    for (int i = 0; i < aspects.length; i++) {
      aspects[i] = columns[i] / rows[i];
    }
    return new Audit(
        source.spec(),
        files,
        rows.length,
        List.copyOf(rejected),
        Distribution.of(rows),
        Distribution.of(columns),
        Distribution.of(aspects),
        Collections.unmodifiableMap(formats),
        Collections.unmodifiableMap(modes),
        CaptionStatistics.of(captions),
        byPixels.values().stream().filter(ids -> ids.size() > 1).map(List::copyOf).toList(),
        List.copyOf(blank),
        source.notice(),
        drawn.stream().map(Ticket::sample).sorted(Comparator.comparing(Audit.Sample::id)).toList());
  }
}
