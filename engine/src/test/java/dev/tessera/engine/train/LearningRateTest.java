package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.train.LearningRate.Decay;
import org.junit.jupiter.api.Test;

class LearningRateTest {
  private static final double EXACT = 1e-12;

  @Test
  void warmsUpByEqualStepsToThePeak() {
    LearningRate rate = new LearningRate(0.5, 4, 1, Decay.LINEAR, 0);
    double[] expected = {0.1, 0.2, 0.3, 0.4, 0.5, 0.5};
    for (int step = 0; step < expected.length; step++) {
      assertThat(rate.at(step, 0)).isCloseTo(expected[step], within(EXACT));
    }
  }

  @Test
  void withoutWarmUpTheFirstStepHasThePeak() {
    assertThat(new LearningRate(0.5, 0, 1, Decay.LINEAR, 0).at(0, 0)).isEqualTo(0.5);
  }

  @Test
  void decaysLinearlyFromThePlateauToTheFloor() {
    LearningRate rate = new LearningRate(0.5, 0, 0.6, Decay.LINEAR, 0.1);
    assertThat(rate.at(9, 0.6)).isCloseTo(0.5, within(EXACT));
    assertThat(rate.at(9, 0.8)).isCloseTo(0.275, within(EXACT));
    assertThat(rate.at(9, 1)).isCloseTo(0.05, within(EXACT));
  }

  @Test
  void decaysByHalfACosine() {
    LearningRate rate = new LearningRate(0.5, 0, 0, Decay.COSINE, 0);
    assertThat(rate.at(9, 0)).isCloseTo(0.5, within(EXACT));
    assertThat(rate.at(9, 0.25)).isCloseTo(0.25 * (1 + Math.sqrt(0.5)), within(EXACT));
    assertThat(rate.at(9, 0.5)).isCloseTo(0.25, within(EXACT));
    assertThat(rate.at(9, 1)).isCloseTo(0, within(EXACT));
  }

  @Test
  void neverRisesAfterTheWarmUp() {
    for (Decay shape : Decay.values()) {
      LearningRate rate = new LearningRate(0.5, 0, 0.3, shape, 0.01);
      for (int i = 0; i < 100; i++) {
        assertThat(rate.at(5, (i + 1) / 100.0)).isLessThanOrEqualTo(rate.at(5, i / 100.0));
      }
    }
  }

  @Test
  void valuesOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRate(0, 0, 1, Decay.LINEAR, 0))
        .withMessageContaining("learning rate");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRate(0.1, -1, 1, Decay.LINEAR, 0))
        .withMessageContainingAll("warm-up", "-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRate(0.1, 0, 1.5, Decay.LINEAR, 0))
        .withMessageContainingAll("decay", "1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRate(0.1, 0, 1, Decay.LINEAR, Double.NaN))
        .withMessageContainingAll("floor", "NaN");
  }
}
