package dev.tessera.cli;

import dev.tessera.transformer.decode.SamplingOptions;
import java.math.BigDecimal;
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
          "--temperature", text(SamplingOptions.CLEAR.temperature()),
          "--top-k", text(SamplingOptions.CLEAR.topK()),
          "--guidance", text(SamplingOptions.CLEAR.guidance()));

  /** As people write it: 3, not 3.0. */
  private static String text(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /** Nothing for other options, whose own defaults then hold. */
  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option ? VALUES.get(option.longestName()) : null;
  }
}
