package dev.tessera.cli;

import picocli.CommandLine.Option;

/** How closely a prompt is followed. */
final class GuidanceOption {
  @Option(
      names = "--guidance",
      paramLabel = "G",
      defaultValue = "1",
      description = "Above 1 to follow the prompt more closely (default: ${DEFAULT-VALUE}).")
  private double guidance;

  double value() {
    return guidance;
  }
}
