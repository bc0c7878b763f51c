package dev.tessera.vqvae.data;

import dev.tessera.engine.store.IoConsumer;
import dev.tessera.vqvae.caption.Captions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a cache in the making, in files of their own: captions may still come to each of
 * them, from pictures with the same pixels. In memory are 8 bytes for each of those.
 */
final class Drafts implements Closeable {
  private final Path entriesFile;
  private final Path laterFile;
  private final RecordFile.Writer entries;
  private final RecordFile.Writer later;

  /** Draft number and record number of captions that came later, in one long each. */
  private long[] links = new long[16];

  private int duplicates;
  private @Nullable RecordFile writtenEntries;
  private @Nullable RecordFile writtenLater;

  Drafts(Path folder) throws IOException {
    entriesFile = folder.resolve("drafts.tmp");
    laterFile = folder.resolve("later.tmp");
    entries = new RecordFile.Writer(entriesFile);
    later = new RecordFile.Writer(laterFile);
  }

  int count() {
    return entries.count();
  }

  /** Pictures that had the pixels of an earlier one. */
  int duplicates() {
    return duplicates;
  }

  void add(PictureEntry entry) throws IOException {
    entries.append(entry.toBytes());
  }

  /** Gives a draft the captions of another picture with its pixels. */
  void addCaptions(int draft, List<String> captions) throws IOException {
    duplicates++;
    if (captions.isEmpty()) {
      return;
    }
    if (later.count() == links.length) {
      links = Arrays.copyOf(links, links.length * 2);
    }
    PictureEntry carrier = new PictureEntry("", captions, "", "", false, 0, 0);
    int record = later.append(carrier.toBytes());
    links[record] = (long) draft << 32 | record;
  }

  /** Ends the adding and begins the reading. */
  void finish() throws IOException {
    entries.close();
    later.close();
    Arrays.sort(links, 0, later.count());
    writtenEntries = RecordFile.open(entriesFile, entries.count());
    writtenLater = RecordFile.open(laterFile, later.count());
  }

  /** The drafts with their own captions only, read from the disk one by one. */
  List<PictureEntry> withoutLaterCaptions() {
    RecordFile written = finished(writtenEntries);
    return new AbstractList<>() {
      @Override
      public PictureEntry get(int i) {
        return PictureEntry.of(written.read(i));
      }

      @Override
      public int size() {
        return written.count();
      }
    };
  }

  /** Hands over all drafts with all their captions, in order. */
  void forEach(IoConsumer<PictureEntry> taker) throws IOException {
    List<PictureEntry> drafts = withoutLaterCaptions();
    RecordFile more = finished(writtenLater);
    int link = 0;
    for (int i = 0; i < drafts.size(); i++) {
      PictureEntry draft = drafts.get(i);
      Set<String> captions = new LinkedHashSet<>(draft.captions());
      for (; link < more.count() && links[link] >> 32 == i; link++) {
        PictureEntry carrier = PictureEntry.of(more.read((int) links[link]));
        if (captions.size() < Captions.MAXIMUM_ALTERNATIVES) {
          captions.addAll(carrier.captions());
        }
      }
      taker.accept(
          draft.withCaptions(captions.stream().limit(Captions.MAXIMUM_ALTERNATIVES).toList()));
    }
  }

  private static RecordFile finished(@Nullable RecordFile file) {
    if (file == null) {
      throw new IllegalStateException("the drafts are not finished");
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    try {
      if (writtenEntries == null) {
        entries.close();
        later.close();
      }
    } finally {
      Files.deleteIfExists(entriesFile);
      Files.deleteIfExists(laterFile);
    }
  }
}
