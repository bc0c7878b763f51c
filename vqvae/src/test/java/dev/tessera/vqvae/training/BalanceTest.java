package dev.tessera.vqvae.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.store.TensorMap;
import org.junit.jupiter.api.Test;

class BalanceTest {
  private final Balance balance = new Balance(0.5);

  @Test
  void theFactorMakesBothGradientsOfOneLength() {
    assertThat(balance.factor()).isZero();
    balance.measured(3, 6);
    assertThat(balance.factor()).isCloseTo(0.5, within(1e-7));
    balance.measured(1, 0);
    assertThat(balance.factor()).isEqualTo(1e4);
  }

  @Test
  void harmIsADropBelowTheBestOnceTheDiscriminatorIsAtWork() {
    assertThat(balance.isHarmed(20, false)).isFalse();
    assertThat(balance.isHarmed(15, false)).isFalse();
    assertThat(balance.isHarmed(19.6, true)).isFalse();
    assertThat(balance.isHarmed(19.4, true)).isTrue();
    assertThat(balance.isHarmed(21, true)).isFalse();
    assertThat(balance.isHarmed(20.4, true)).isTrue();
    assertThat(balance.isHarmed(Double.NaN, true)).isTrue();
  }

  @Test
  void eachBackOffHalvesTheWeightForGood() {
    balance.measured(4, 4);
    balance.backOff();
    balance.backOff();
    assertThat(balance.share()).isEqualTo(0.25);
    balance.measured(8, 4);
    assertThat(balance.factor()).isEqualTo(0.5);
  }

  @Test
  void isRestoredWithOrWithoutTheHalvingsSince() {
    balance.measured(4, 4);
    assertThat(balance.isHarmed(20, true)).isFalse();
    TensorMap saved = new TensorMap();
    balance.addTo(saved, 17);
    balance.measured(9, 1);
    balance.backOff();
    assertThat(balance.restore(saved, true)).isEqualTo(17);
    assertThat(balance.factor()).isEqualTo(0.5);

    Balance other = new Balance(0.5);
    other.restore(saved, false);
    assertThat(other.factor()).isEqualTo(1);
    assertThat(other.isHarmed(19, true)).isTrue();
  }
}
