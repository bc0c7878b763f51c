package dev.tessera.transformer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedTestTest {
  @Test
  void aSteadyDifferenceIsHardlyChance() {
    double[] differences = new Random(1).doubles(100, 0.1, 1).toArray();
    assertThat(PairedTest.p(differences, 1)).isLessThan(0.001);
  }

  @Test
  void noiseAroundZeroIsLikelyChance() {
    double[] differences = new Random(2).doubles(100, -1, 1).toArray();
    assertThat(PairedTest.p(differences, 1)).isBetween(0.01, 0.99);
  }

  @Test
  void aDifferenceTheOtherWayIsNoEvidence() {
    double[] differences = new Random(3).doubles(100, -1, -0.1).toArray();
    assertThat(PairedTest.p(differences, 1)).isGreaterThan(0.99);
  }

  @Test
  void threeEqualPairsAllowNoMoreThanAnEighth() {
    assertThat(PairedTest.p(new double[] {1, 1, 1}, 4)).isBetween(0.11, 0.14);
  }
}
