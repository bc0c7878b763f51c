package dev.tessera.transformer.edit;

import dev.tessera.transformer.decode.SamplingOptions;

/**
 * How the hole of a picture is filled.
 *
 * @param prompt what the whole picture shows; empty for none
 * @param count fillings to be made, 1 to {@value #MAXIMUM_COUNT}
 * @param sampling how tokens are drawn; filling k depends on its seed and k alone
 */
public record CompletionOptions(String prompt, int count, SamplingOptions sampling) {
  /** Most fillings of one call. */
  public static final int MAXIMUM_COUNT = 1000;

  /** One filling without a prompt, from the model's own distribution. */
  public static final CompletionOptions DEFAULT =
      new CompletionOptions("", 1, SamplingOptions.DEFAULT);

  public CompletionOptions {
    requireCount(count);
  }

  static void requireCount(int count) {
    if (count < 1 || count > MAXIMUM_COUNT) {
      throw new IllegalArgumentException(
          "count is " + count + ", but must be 1 to " + MAXIMUM_COUNT);
    }
  }

  public CompletionOptions withPrompt(String value) {
    return new CompletionOptions(value, count, sampling);
  }

  public CompletionOptions withCount(int value) {
    return new CompletionOptions(prompt, value, sampling);
  }

  public CompletionOptions withSampling(SamplingOptions value) {
    return new CompletionOptions(prompt, count, value);
  }
}
