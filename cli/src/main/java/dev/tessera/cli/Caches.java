package dev.tessera.cli;

import java.nio.file.Path;

/** Where prepared pictures are kept unless another folder is asked for. */
final class Caches {
  private Caches() {}

  /** The user's cache folder by the rules of freedesktop.org. */
  static Path folder() {
    String base = System.getenv("XDG_CACHE_HOME");
    Path root =
        base == null || base.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(base);
    return root.resolve("tessera");
  }
}
