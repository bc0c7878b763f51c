package dev.tessera.transformer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AffordableFormsTest {
  private static final int PICTURES = 50_000;

  private static double neverAsked() {
    throw new AssertionError("nothing is measured where it does not matter");
  }

  @Test
  void stepsAndEpochsGetAllForms() {
    double unlimited = Double.POSITIVE_INFINITY;
    assertThat(AffordableForms.of(10, PICTURES, unlimited, AffordableFormsTest::neverAsked))
        .isEqualTo(10);
  }

  @Test
  void oneFormIsAlwaysMade() {
    assertThat(AffordableForms.of(1, PICTURES, 1, AffordableFormsTest::neverAsked)).isEqualTo(1);
    assertThat(AffordableForms.of(3, PICTURES, 1, () -> 0.01)).isEqualTo(1);
    assertThat(AffordableForms.of(3, PICTURES, 0, () -> 0.01)).isEqualTo(1);
  }

  @Test
  void shortTimeTakesFormsAwayAndLongTimeDoesNot() {
    // A form of all pictures takes 5 seconds, so three take 15, which is 15 % of 100.
    assertThat(AffordableForms.of(3, PICTURES, 101, () -> 1e-4)).isEqualTo(3);
    assertThat(AffordableForms.of(3, PICTURES, 99, () -> 1e-4)).isEqualTo(2);
    assertThat(AffordableForms.of(3, PICTURES, 1e6, () -> 1e-4)).isEqualTo(3);
  }
}
