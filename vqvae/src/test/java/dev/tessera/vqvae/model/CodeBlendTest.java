package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CodeBlendTest {
  /** Points of a plane. */
  private static final CodeBlend BLEND =
      new CodeBlend(new float[] {0, 0, 4, 0, 2, 1, 2, 0.5f, 9, 9}, 2);

  @Test
  void theWayLeadsOverTheNearestCodes() {
    assertThat(BLEND.between(0, 1, 0)).isZero();
    assertThat(BLEND.between(0, 1, 0.1)).isZero();
    assertThat(BLEND.between(0, 1, 0.5)).isEqualTo(3);
    assertThat(BLEND.between(0, 1, 0.9)).isEqualTo(1);
    assertThat(BLEND.between(0, 1, 1)).isEqualTo(1);
  }

  @Test
  void aCodeStaysWhatItIsEvenWhereAnotherHasTheSameVector() {
    CodeBlend twice = new CodeBlend(new float[] {1, 1, 2}, 1);
    assertThat(twice.between(1, 1, 0.5)).isEqualTo(1);
    assertThat(twice.between(1, 2, 0)).isEqualTo(1);
    assertThat(twice.between(2, 1, 1)).isEqualTo(1);
  }
}
