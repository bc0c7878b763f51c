package dev.tessera.vqvae.data;

import dev.tessera.engine.store.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What processes left beside a cache when they were killed while they made it: folders that {@link
 * AtomicFiles} had not given their name yet. They may hold gigabytes.
 */
final class Leftovers {
  /** Nobody works on a folder to which nothing was written for so long. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private Leftovers() {}

  /** Removes those of the cache {@code folder}. */
  static void clear(Path folder) throws IOException {
    String prefix = "." + folder.getFileName() + ".";
    List<Path> left;
    try (Stream<Path> siblings = Files.list(folder.toAbsolutePath().resolveSibling(""))) {
      left =
          siblings
              .filter(path -> String.valueOf(path.getFileName()).startsWith(prefix))
              .filter(Files::isDirectory)
              .toList();
    }
    FileTime limit = FileTime.from(Instant.now().minus(ABANDONED));
    for (Path path : left) {
      Path pixels = path.resolve(CacheBuilder.PIXELS);
      Path newest = Files.exists(pixels) ? pixels : path;
      if (Files.getLastModifiedTime(newest).compareTo(limit) < 0) {
        AtomicFiles.deleteDirectory(path);
      }
    }
  }
}
