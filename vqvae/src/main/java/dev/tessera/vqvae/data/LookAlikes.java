package dev.tessera.vqvae.data;

import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.vqvae.picture.Rgb;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds pictures that are equal and pictures that look alike. Names and thumbnails are kept in
 * files meanwhile; in memory are some 50 bytes for each picture.
 *
 * <p>Equal are pictures with the same pixels. A picture looks like an earlier one if their {@link
 * PerceptualHash} differs in at most {@value #MAXIMUM_BITS} of 64 bits and their thumbnails by at
 * most {@value #MAXIMUM_DIFFERENCE} of 255 on average. A group is an earliest picture and all that
 * look like it; of equal pictures only the first takes part.
 */
final class LookAlikes implements Closeable {
  private static final int MAXIMUM_BITS = 3;
  private static final double MAXIMUM_DIFFERENCE = 4;
  private static final int LISTED_OF_A_GROUP = 20;

  /** Hashes that differ in 3 bits have one of 4 parts in common. */
  private static final int PARTS = MAXIMUM_BITS + 1;

  private static final int PART_BITS = Long.SIZE / PARTS;

  private final Path folder;
  private final Path namesFile;
  private final Path thumbnailsFile;
  private final RecordFile.Writer names;
  private final OutputStream thumbnails;
  private final Identities byPixels = new Identities();
  private final Map<Integer, List<Integer>> equal = new TreeMap<>();
  private long[] hashes = new long[1 << 10];

  LookAlikes() throws IOException {
    folder = Files.createTempDirectory("tessera-audit");
    namesFile = folder.resolve("names.tmp");
    thumbnailsFile = folder.resolve("thumbnails.tmp");
    names = new RecordFile.Writer(namesFile);
    thumbnails = new BufferedOutputStream(Files.newOutputStream(thumbnailsFile), 1 << 16);
  }

  /** Takes a picture in. */
  void add(String id, Rgb picture) throws IOException {
    int number = names.append(id.getBytes(StandardCharsets.UTF_8));
    thumbnails.write(PerceptualHash.thumbnail(picture));
    if (number == hashes.length) {
      hashes = Arrays.copyOf(hashes, hashes.length * 2);
    }
    hashes[number] = PerceptualHash.of(picture);
    int first = byPixels.first(new Digest().bytes(picture.pixels()).key(), number);
    if (first != Identities.NONE) {
      equal.computeIfAbsent(first, key -> new ArrayList<>(List.of(key))).add(number);
    }
  }

  /**
   * What was found.
   *
   * @param equal groups of two ids or more with the same pixels
   * @param repeated pictures in them without the first of each
   * @param alike groups of two ids or more that look alike
   * @param resembling pictures in them without the first of each
   */
  record Groups(
      Counted<List<String>> equal, int repeated, Counted<List<String>> alike, int resembling) {}

  /** Ends the taking in. */
  Groups finish() throws IOException {
    names.close();
    thumbnails.close();
    RecordFile written = RecordFile.open(namesFile, names.count());
    PixelStore store = PixelStore.open(thumbnailsFile, names.count(), PerceptualHash.THUMBNAIL);
    Map<Integer, List<Integer>> alike = alike(store);
    return new Groups(named(equal, written), others(equal), named(alike, written), others(alike));
  }

  private static int others(Map<Integer, List<Integer>> groups) {
    return groups.values().stream().mapToInt(group -> group.size() - 1).sum();
  }

  private Map<Integer, List<Integer>> alike(PixelStore store) {
    BitSet repeated = new BitSet();
    equal.values().forEach(all -> all.stream().skip(1).forEach(repeated::set));
    Leaders leaders = new Leaders(store);
    Map<Integer, List<Integer>> groups = new TreeMap<>();
    for (int number = 0; number < names.count(); number++) {
      if (!repeated.get(number)) {
        int leader = leaders.leaderOf(number);
        if (leader != number) {
          groups.computeIfAbsent(leader, key -> new ArrayList<>(List.of(key))).add(number);
        }
      }
    }
    return groups;
  }

  /** The earliest pictures of each kind, in chains of those that share a part of their hash. */
  private final class Leaders {
    private final PixelStore store;
    private final int[][] heads = new int[PARTS][1 << PART_BITS];
    private final int[][] nexts = new int[PARTS][names.count()];
    private final byte[] own = new byte[PerceptualHash.THUMBNAIL];
    private final byte[] other = new byte[PerceptualHash.THUMBNAIL];

    Leaders(PixelStore store) {
      this.store = store;
      for (int[] head : heads) {
        Arrays.fill(head, Identities.NONE);
      }
    }

    /** The earliest leader that a picture looks like; the picture becomes one if there is none. */
    int leaderOf(int number) {
      store.read(number, own);
      int leader = number;
      for (int part = 0; part < PARTS; part++) {
        for (int at = heads[part][key(number, part)]; at >= 0; at = nexts[part][at]) {
          if (at < leader && looksAlike(at, number)) {
            leader = at;
          }
        }
      }
      if (leader == number) {
        for (int part = 0; part < PARTS; part++) {
          nexts[part][number] = heads[part][key(number, part)];
          heads[part][key(number, part)] = number;
        }
      }
      return leader;
    }

    private boolean looksAlike(int candidate, int number) {
      if (Long.bitCount(hashes[candidate] ^ hashes[number]) > MAXIMUM_BITS) {
        return false;
      }
      store.read(candidate, other);
      return PerceptualHash.difference(own, other) <= MAXIMUM_DIFFERENCE;
    }

    private int key(int number, int part) {
      return (int) (hashes[number] >>> (part * PART_BITS)) & ((1 << PART_BITS) - 1);
    }
  }

  /** The first groups by name, and of each the first pictures. */
  private static Counted<List<String>> named(Map<Integer, List<Integer>> groups, RecordFile names) {
    List<List<String>> first =
        groups.values().stream()
            .limit(Counted.LISTED)
            .map(
                group ->
                    group.stream()
                        .limit(LISTED_OF_A_GROUP)
                        .map(number -> new String(names.read(number), StandardCharsets.UTF_8))
                        .toList())
            .toList();
    return new Counted<>(groups.size(), first);
  }

  @Override
  public void close() throws IOException {
    AtomicFiles.deleteDirectory(folder);
  }
}
