package dev.tessera.cli;

import dev.tessera.transformer.decode.SamplingOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@link SamplingOptions#CLEAR} as the defaults of a command that draws pictures to look at, where
 * those that measure or edit draw from the model's own distribution.
 */
final class ClearSampling implements IDefaultValueProvider {
  private static final Map<String, String> VALUES =
      Map.of(
          "--temperature", String.valueOf(SamplingOptions.CLEAR.temperature()),
          "--top-k", String.valueOf(SamplingOptions.CLEAR.topK()),
          "--guidance", String.valueOf(SamplingOptions.CLEAR.guidance()));

  /** Nothing for other options, whose own defaults then hold. */
  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option ? VALUES.get(option.longestName()) : null;
  }
}
