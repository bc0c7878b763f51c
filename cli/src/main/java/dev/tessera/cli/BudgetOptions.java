package dev.tessera.cli;

import dev.tessera.transformer.pipeline.RunBudget;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a training takes: one of three ways to say it. */
final class BudgetOptions {
  /** Where nothing else is asked for: enough to see something. */
  private static final double DEFAULT_MINUTES = 10;

  private static final Pattern STEPS = Pattern.compile("(\\d{1,12})(?:,(\\d{1,12}))?");

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "Time from the start of the program to the finished model (default: 10).")
  private @Nullable Double minutes;

  @Option(
      names = "--epochs",
      paramLabel = "E",
      description = "Passes over the training pictures, in each stage.")
  private @Nullable Integer epochs;

  @Option(
      names = "--steps",
      paramLabel = "V[,T]",
      description =
          "Exact steps of the vqvae and of the transformer, or V of whatever is trained alone, for"
              + " runs that repeat.")
  private @Nullable String steps;

  RunBudget budget() {
    if (steps != null) {
      return steps(steps);
    }
    if (epochs != null) {
      return new RunBudget.Epochs(epochs);
    }
    return new RunBudget.Time(60 * (minutes != null ? minutes : DEFAULT_MINUTES));
  }

  private static RunBudget steps(String text) {
    Matcher matcher = STEPS.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "steps is " + text + ", but must be V or V,T, such as 500,1000");
    }
    long first = Long.parseLong(matcher.group(1));
    long second = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
    if (first < 1 || second < 1) {
      throw new IllegalArgumentException("steps is " + text + ", but must be 1 or more");
    }
    return new RunBudget.Steps(first, second);
  }
}
