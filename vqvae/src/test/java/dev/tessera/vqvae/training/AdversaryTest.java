package dev.tessera.vqvae.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.vqvae.model.PatchDiscriminator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdversaryTest {
  private static final PatchDiscriminator.Shape SHAPE = new PatchDiscriminator.Shape(4, 2);

  private static Adversary.Patches patches(double start, double ramp) {
    return new Adversary.Patches(start, ramp, 0.5, 4, 1, 0, 0, 1, 1e-3, SHAPE);
  }

  @Test
  void theWeightGrowsFromTheStartOn() {
    Adversary.Patches late = patches(0.5, 0.2);
    assertThat(late.ramped(0)).isZero();
    assertThat(late.ramped(0.5)).isZero();
    assertThat(late.ramped(0.55)).isCloseTo(0.25, within(1e-12));
    assertThat(late.ramped(0.7)).isCloseTo(1, within(1e-12));
    assertThat(late.ramped(1)).isEqualTo(1);
    assertThat(patches(0.5, 0).ramped(0.5)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "start, 1, 0, 1, 4, 0, 0, 0, 1, 0.1",
    "ramp, 0, 1.1, 1, 4, 0, 0, 0, 1, 0.1",
    "weight, 0, 0, -1, 4, 0, 0, 0, 1, 0.1",
    "adaptEvery, 0, 0, 1, 0, 0, 0, 0, 1, 0.1",
    "features, 0, 0, 1, 4, -1, 0, 0, 1, 0.1",
    "edges, 0, 0, 1, 4, 0, 101, 0, 1, 0.1",
    "scales, 0, 0, 1, 4, 0, 0, NaN, 1, 0.1",
    "maximumDrop, 0, 0, 1, 4, 0, 0, 0, 0, 0.1",
    "rate, 0, 0, 1, 4, 0, 0, 0, 1, 0"
  })
  void whatIsOutOfRangeIsNamed(
      String name,
      double start,
      double ramp,
      double weight,
      int adaptEvery,
      double features,
      double edges,
      double scales,
      double maximumDrop,
      double rate) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Adversary.Patches(
                    start,
                    ramp,
                    weight,
                    adaptEvery,
                    features,
                    edges,
                    scales,
                    maximumDrop,
                    rate,
                    SHAPE))
        .withMessageContaining("adversary " + name + " is ");
  }
}
