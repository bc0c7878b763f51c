package dev.tessera.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a command writes a model that it made of another one. */
final class BundleOutOption {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "BUNDLE",
      description = "Where the new model goes, NAME.tessera.")
  private Path out = Path.of("");

  /**
   * The place.
   *
   * @throws UsageException if its name is not that of a bundle
   */
  Path file() {
    if (!out.toString().endsWith(".tessera") || Files.isDirectory(out)) {
      throw new UsageException("--out is " + out + ", but must be a file NAME.tessera");
    }
    return out;
  }
}
