package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

class ExponentialTest {

  @Test
  void isAsExactAsSinglePrecisionAllows() {
    double worst = 0;
    for (float x = -87.3f; x <= 88.3f; x += 0.00137f) {
      double expected = Math.exp(x);
      worst = Math.max(worst, Math.abs(Exponential.exp(x) - expected) / expected);
    }
    assertThat(worst).isLessThan(2e-7);
  }

  @Test
  void manyAtOnceAreTheSameBits() {
    float[] values = new float[3000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2.5f - 0.031f * i;
    }
    values[17] = Float.NEGATIVE_INFINITY;
    float[] expected = values.clone();
    for (int i = 5; i < 2990; i++) {
      expected[i] = Exponential.exp(values[i] - 2.5f);
    }
    Exponential.replace(values, 5, 2990, 2.5f, new float[3000], new float[3000]);
    assertThat(values).isEqualTo(expected);
    assertThat(values[17]).isZero();
  }

  @Test
  void endsAreDefined() {
    assertThat(Exponential.exp(0)).isEqualTo(1);
    assertThat(Exponential.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Exponential.exp(-90)).isZero();
    assertThat(Exponential.exp(89)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Exponential.exp(Float.NaN)).isNaN();
    assertThat((double) Exponential.exp(-87.3f))
        .isCloseTo(Math.exp(-87.3f), withinPercentage(1e-4));
  }
}
