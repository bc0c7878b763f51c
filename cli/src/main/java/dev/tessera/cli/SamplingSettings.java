package dev.tessera.cli;

import dev.tessera.transformer.decode.SamplingOptions;
import picocli.CommandLine.Option;

/** How tokens are drawn, but for guidance, which captions have none of. */
final class SamplingSettings {
  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Of everything drawn (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      defaultValue = "1",
      description = "Below 1 for the likelier, 0 for the likeliest (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Draw from the K likeliest tokens; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Draw from the likeliest tokens with this probability (default: 1, all).")
  private double topP;

  /** The settings without guidance. */
  SamplingOptions options() {
    return UsageException.check(
        () ->
            SamplingOptions.DEFAULT
                .withSeed(seed)
                .withTemperature(temperature)
                .withTopK(topK)
                .withTopP(topP));
  }
}
