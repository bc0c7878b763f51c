package dev.tessera.transformer.edit;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.decode.SamplingOptions;
import java.util.Arrays;

/**
 * How a picture is varied: a share of its tokens is drawn anew, given all others.
 *
 * @param strength share of the tokens, above 0 to 1; at 1, nothing of the picture is left
 * @param prompt what the variations show; empty for none
 * @param count variations to be made, 1 to {@value CompletionOptions#MAXIMUM_COUNT}
 * @param sampling how tokens are drawn; variation k depends on its seed and k alone
 */
public record VariationOptions(
    double strength, String prompt, int count, SamplingOptions sampling) {
  /** One variation that draws half of the tokens anew, without a prompt. */
  public static final VariationOptions DEFAULT =
      new VariationOptions(0.5, "", 1, SamplingOptions.DEFAULT);

  public VariationOptions {
    if (!(strength > 0 && strength <= 1)) {
      throw new IllegalArgumentException("strength is " + strength + ", but must be above 0 to 1");
    }
    CompletionOptions.requireCount(count);
  }

  public VariationOptions withStrength(double value) {
    return new VariationOptions(value, prompt, count, sampling);
  }

  public VariationOptions withPrompt(String value) {
    return new VariationOptions(strength, value, count, sampling);
  }

  public VariationOptions withCount(int value) {
    return new VariationOptions(strength, prompt, value, sampling);
  }

  public VariationOptions withSampling(SamplingOptions value) {
    return new VariationOptions(strength, prompt, count, value);
  }

  /**
   * Which tokens of a picture variation {@code number} keeps. A higher strength draws those of a
   * lower one anew, and more.
   *
   * @param tokens of a picture
   */
  public boolean[] known(int tokens, int number) {
    int[] order = new CounterRandom(sampling.seed(), "variation", number).permutation(tokens);
    boolean[] known = new boolean[tokens];
    Arrays.fill(known, true);
    int drawn = Math.max(1, (int) Math.round(strength * tokens));
    for (int i = 0; i < drawn; i++) {
      known[order[i]] = false;
    }
    return known;
  }
}
