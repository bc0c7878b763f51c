package dev.tessera.vqvae.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CollapseWatchTest {
  @Test
  void aCollapseThatLastsIsToldWithItsFigures() {
    CollapseWatch watch = new CollapseWatch(1000, 50);
    for (int step = 1; step <= 100; step++) {
      assertThat(watch.check(step, 0.5, 40)).isEmpty();
    }
    for (int step = 101; step <= 150; step++) {
      assertThat(watch.check(step, 0.012, 3.21)).isEmpty();
    }
    assertThat(watch.check(151, 0.012, 3.21).orElseThrow())
        .startsWith("the codebook collapsed: since step 101 the pictures use 12 of 1000 codes")
        .contains("perplexity of 3.2", "checkpoint was saved", "fsq", "revivalShare");
  }

  @Test
  void oneThatPassesIsForgotten() {
    CollapseWatch watch = new CollapseWatch(1000, 50);
    for (int step = 0; step < 1000; step++) {
      boolean recovered = step % 50 == 49;
      assertThat(watch.check(step, 0.01, recovered ? 10 : 9.9)).isEmpty();
    }
  }

  @Test
  void aSmallCodebookMayHaveTwoCodesInUse() {
    CollapseWatch watch = new CollapseWatch(4, 1);
    for (int step = 0; step < 10; step++) {
      assertThat(watch.check(step, 0.5, 1.9)).isEmpty();
    }
    watch.check(10, 0.25, 1);
    assertThat(watch.check(11, 0.25, 1)).isPresent();
  }
}
