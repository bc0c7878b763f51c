package dev.tessera.vqvae.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files and folders that appear whole or not at all. */
final class CacheFiles {
  private static final String UNFINISHED = ".unfinished-";

  /** A folder that nothing was written to for so long was left by a process that is gone. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** Writes a folder's files. */
  interface Filling {
    void fill(Path folder) throws IOException;
  }

  private CacheFiles() {}

  /** Writes a file in one step, over an older one if there is. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path unfinished = file.resolveSibling(UNFINISHED + file.getFileName());
    Files.write(unfinished, bytes);
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Fills a new folder and gives it its name when that has succeeded. If another process was
   * faster, its folder stays.
   */
  static void create(Path folder, Filling filling) throws IOException {
    Path parent = folder.resolveSibling("").toAbsolutePath();
    Files.createDirectories(parent);
    String prefix = UNFINISHED + folder.getFileName() + "-";
    deleteAbandoned(parent, prefix);
    Path unfinished = Files.createTempDirectory(parent, prefix);
    try {
      filling.fill(unfinished);
      if (!Files.exists(folder)) {
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      delete(unfinished);
    }
  }

  /** Deletes a folder and the files in it, if it exists. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }

  private static void deleteAbandoned(Path parent, String prefix) throws IOException {
    List<Path> left;
    try (Stream<Path> siblings = Files.list(parent)) {
      left =
          siblings.filter(path -> String.valueOf(path.getFileName()).startsWith(prefix)).toList();
    }
    FileTime limit = FileTime.from(Instant.now().minus(ABANDONED));
    for (Path folder : left) {
      Path pixels = folder.resolve(CacheBuilder.PIXELS);
      Path newest = Files.exists(pixels) ? pixels : folder;
      if (Files.getLastModifiedTime(newest).compareTo(limit) < 0) {
        delete(folder);
      }
    }
  }
}
