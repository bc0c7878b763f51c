package dev.tessera.transformer.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RanksTest {
  private static final double[][] SCORES = {{3, 1, 2}, {3, 1, 2}, {5, 5, 4}};

  @Test
  void theRankIsHowManyAreNotWorse() {
    Ranks ranks = Ranks.of(SCORES, new int[] {0, 1, 0});
    assertThat(ranks.ranks()).containsExactly(1, 3, 2);
    assertThat(ranks.candidates()).isEqualTo(3);
  }

  @Test
  void recallIsTheShareAmongTheFirst() {
    Ranks ranks = Ranks.of(SCORES, new int[] {0, 1, 0});
    assertThat(ranks.recallAt(1)).isEqualTo(1.0 / 3);
    assertThat(ranks.recallAt(2)).isEqualTo(2.0 / 3);
    assertThat(ranks.chanceAt(2)).isEqualTo(2.0 / 3);
    assertThat(ranks.chanceAt(9)).isEqualTo(1);
  }

  @Test
  void aRankBeyondTheCandidatesIsRefused() {
    assertThatThrownBy(() -> new Ranks(new int[] {4}, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rank is 4, but must be 1 to 3");
  }
}
