package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.PictureDecoder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of tar shards. A sample is a run of neighbouring entries whose paths are equal up to
 * the first dot of the last name. Its picture is the entry whose extension is a picture's and
 * nothing more ({@code 000.jpg}), or else the first whose last extension is ({@code 000.seg.png});
 * its captions are the lines of {@code .txt} entries and the field {@code caption} of {@code .json}
 * entries. Other entries, and pictures with longer extensions beside the sample's, are parts of the
 * sample that this program has no use for. Hidden entries are skipped.
 *
 * <p>A damaged shard gives what stands before the damage, and one entry that says so. Captions
 * without a picture are an entry that cannot be used: their picture stands elsewhere.
 */
final class TarStream implements PictureStream {
  private final List<TarSource.Shard> shards;
  private final String pattern;
  private final Queue<SourcePicture> ready = new ArrayDeque<>();
  private final int expected;
  private int nextShard;
  private @Nullable TarReader reader;
  private TarSource.Shard shard;
  private @Nullable TarSample sample;
  private boolean any;

  TarStream(String pattern, List<TarSource.Shard> shards) throws IOException {
    this.pattern = pattern;
    this.shards = shards;
    this.shard = shards.get(0);
    this.expected = count();
  }

  @Override
  public int expected() {
    return expected;
  }

  @Override
  public @Nullable SourcePicture next() throws IOException {
    while (ready.isEmpty()) {
      if (reader == null && !openNext()) {
        if (!any) {
          throw new IOException("the archives " + pattern + " have no pictures");
        }
        return null;
      }
      if (reader != null) {
        advance(reader);
      }
    }
    any = true;
    return ready.remove();
  }

  private boolean openNext() throws IOException {
    if (nextShard == shards.size()) {
      return false;
    }
    shard = shards.get(nextShard++);
    try {
      reader = shard.open();
    } catch (IOException e) {
      // A file that is there but no archive; one that cannot be read at all is no data problem.
      requireReadable(e);
      ready.add(new BrokenEntry(shard.id(), "the archive is damaged: " + message(e)));
    }
    return true;
  }

  private static void requireReadable(IOException e) throws IOException {
    if (e instanceof FileSystemException) {
      throw e;
    }
  }

  private void advance(TarReader from) throws IOException {
    try {
      TarReader.Entry entry = from.next();
      if (entry == null) {
        endShard();
      } else if (entry.regular()) {
        take(entry, from);
      }
    } catch (IOException e) {
      endShard();
      ready.add(new BrokenEntry(shard.id(), "the archive is damaged: " + message(e)));
    }
  }

  private void take(TarReader.Entry entry, TarReader from) throws IOException {
    EntryName name = EntryName.of(entry.name());
    if (name.isHidden()) {
      return;
    }
    if (sample == null || !sample.key().equals(name.key())) {
      endSample();
      sample = new TarSample(name.key());
    }
    String id = shard.id() + "/" + name.path();
    if (name.isPicture()) {
      boolean readable = entry.size() <= PictureDecoder.MAXIMUM_BYTES;
      if (sample.wants(name)) {
        sample.picture(id, name, readable ? from.read() : null, entry.size());
      }
    } else if (name.isText() || name.isJson()) {
      boolean readable = entry.size() <= CaptionFile.MAXIMUM_BYTES;
      sample.captions(id, name, readable ? from.read() : null);
    }
  }

  private void endSample() {
    if (sample != null) {
      sample.finish().forEach(ready::add);
      sample = null;
    }
  }

  private void endShard() throws IOException {
    endSample();
    close();
    reader = null;
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Reads the headers only; a compressed archive would have to be unpacked for that. */
  private int count() throws IOException {
    if (shards.stream().anyMatch(TarSource.Shard::isCompressed)) {
      return UNKNOWN;
    }
    int count = 0;
    for (TarSource.Shard each : shards) {
      String last = "";
      try (TarReader headers = each.open()) {
        for (TarReader.Entry entry = headers.next(); entry != null; entry = headers.next()) {
          EntryName name = EntryName.of(entry.name());
          if (entry.regular() && !name.isHidden() && name.isPicture()) {
            count += name.key().equals(last) ? 0 : 1;
            last = name.key();
          }
        }
      } catch (IOException e) {
        // Told when the shard's turn comes; until then it counts as far as it can be read.
        requireReadable(e);
        count++;
      }
    }
    return count;
  }
}
