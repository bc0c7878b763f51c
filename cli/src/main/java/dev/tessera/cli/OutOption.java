package dev.tessera.cli;

import picocli.CommandLine.Option;

/** Where pictures go that a command makes. */
final class OutOption {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "A PNG file, or a folder.")
  private String out = "";

  /**
   * The place.
   *
   * @throws UsageException if it can be neither
   */
  PictureOutput output() {
    return PictureOutput.of(out);
  }
}
