package dev.tessera.transformer.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistancesTest {
  private static final double[][] TRIANGLE = {{0, 0}, {3, 0}, {0, 4}};

  @Test
  void theMeanIsOverAllPairs() {
    assertThat(Distances.meanPairwise(TRIANGLE)).isCloseTo((3 + 4 + 5) / 3.0, within(1e-12));
  }

  @Test
  void oneRowHasNoPairs() {
    assertThat(Distances.meanPairwise(new double[][] {{1, 2}})).isNaN();
  }

  @Test
  void aDuplicateIsNearAnEarlierOne() {
    assertThat(Distances.duplicates(TRIANGLE, 2.9)).isZero();
    assertThat(Distances.duplicates(TRIANGLE, 3)).isEqualTo(1.0 / 3);
    assertThat(Distances.duplicates(TRIANGLE, 4)).isEqualTo(2.0 / 3);
  }
}
