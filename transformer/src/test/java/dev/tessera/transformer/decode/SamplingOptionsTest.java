package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SamplingOptionsTest {

  @Test
  void eachValueIsSetAlone() {
    SamplingOptions options =
        SamplingOptions.DEFAULT
            .withTemperature(0.5)
            .withTopK(7)
            .withTopP(0.9)
            .withGuidance(3)
            .withSeed(-1);
    assertThat(options).isEqualTo(new SamplingOptions(0.5, 7, 0.9, 3, -1));
    assertThat(options.isGuided()).isTrue();
    assertThat(SamplingOptions.greedy().isGuided()).isFalse();
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    SamplingOptions options = SamplingOptions.DEFAULT;
    rejects(() -> options.withTemperature(-0.1), "temperature is -0.1, but must be 0 to 100.0");
    rejects(
        () -> options.withTemperature(Double.NaN), "temperature is NaN, but must be 0 to 100.0");
    rejects(() -> options.withTopK(-1), "top-k is -1, but must not be negative");
    rejects(() -> options.withTopP(0), "top-p is 0.0, but must be above 0 to 1");
    rejects(() -> options.withTopP(1.01), "top-p is 1.01, but must be above 0 to 1");
    rejects(() -> options.withTopP(Double.NaN), "top-p is NaN, but must be above 0 to 1");
    rejects(() -> options.withGuidance(-1), "guidance is -1.0, but must be 0 to 100.0");
    rejects(
        () -> options.withGuidance(Double.POSITIVE_INFINITY),
        "guidance is Infinity, but must be 0 to 100.0");
  }

  private static void rejects(Runnable change, String message) {
    assertThatIllegalArgumentException().isThrownBy(change::run).withMessage(message);
  }
}
