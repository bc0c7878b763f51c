package dev.tessera.cli;

import dev.tessera.transformer.decode.GuidanceSchedule;
import dev.tessera.transformer.decode.SamplingOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the tokens of pictures are drawn, and how closely they follow a prompt. */
final class PictureSampling {
  @Mixin private final SamplingSettings settings = new SamplingSettings();

  @Option(
      names = "--guidance",
      paramLabel = "G",
      defaultValue = "1",
      description =
          "Above 1 to follow the prompt more closely, if there is one, by a model that learned from"
              + " some pictures without captions (default: ${DEFAULT-VALUE}).")
  private double guidance;

  @Option(
      names = "--guidance-schedule",
      paramLabel = "S",
      defaultValue = "constant",
      description =
          "How guidance goes over the tokens of a picture: constant, or linear or cosine from none"
              + " to all (default: ${DEFAULT-VALUE}).")
  private GuidanceSchedule schedule = GuidanceSchedule.CONSTANT;

  SamplingOptions options() {
    return UsageException.check(
        () -> settings.options().withGuidance(guidance).withGuidanceSchedule(schedule));
  }
}
