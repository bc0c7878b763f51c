package dev.tessera.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where prepared pictures are kept. */
final class CacheOption {
  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where prepared pictures are kept (default: ~/.cache/tessera).")
  private @Nullable Path cache;

  /** The folder that was asked for, or the user's cache folder by the rules of freedesktop.org. */
  Path folder() {
    if (cache != null) {
      return cache;
    }
    String base = System.getenv("XDG_CACHE_HOME");
    Path root =
        base == null || base.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(base);
    return root.resolve("tessera");
  }
}
