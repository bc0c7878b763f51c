package dev.tessera.transformer.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ManifoldTest {
  @Test
  void samplesFarFromAllThatIsRealAreNeitherDenseNorCovering() {
    double[][] real = FrechetDistanceTest.normal(30, 2, 1, 0, 1);
    double[][] samples = FrechetDistanceTest.normal(30, 2, 2, 100, 1);
    assertThat(Manifold.of(real, samples)).isEqualTo(new Manifold(0, 0));
  }

  @Test
  void samplesOfTheSameDistributionHaveADensityNearOne() {
    double[][] real = FrechetDistanceTest.normal(600, 2, 1, 0, 1);
    Manifold manifold = Manifold.of(real, FrechetDistanceTest.normal(600, 2, 2, 0, 1));
    assertThat(manifold.density()).isCloseTo(1, within(0.1));
    // The paper's expectation for equally many: 1 − 2^−k.
    assertThat(manifold.coverage()).isCloseTo(1 - Math.pow(2, -5), within(0.03));
  }

  @Test
  void oneSampleOverAndOverCoversLittle() {
    double[][] real = FrechetDistanceTest.normal(200, 2, 1, 0, 1);
    double[][] samples = new double[50][];
    Arrays.fill(samples, new double[] {0, 0});
    Manifold manifold = Manifold.of(real, samples);
    assertThat(manifold.coverage()).isLessThan(0.2);
    assertThat(manifold.density()).isGreaterThan(1);
  }

  @Test
  void itIsWhatCountingByHandGives() {
    double[][] real = FrechetDistanceTest.normal(12, 3, 5, 0, 1);
    double[][] samples = FrechetDistanceTest.normal(7, 3, 6, 0.3, 1);
    double within = 0;
    double covered = 0;
    for (double[] centre : real) {
      double radius =
          Arrays.stream(real)
              .mapToDouble(other -> Distances.euclidean(centre, other))
              .sorted()
              .toArray()[Manifold.NEIGHBOURS];
      long inside =
          Arrays.stream(samples).filter(s -> Distances.euclidean(centre, s) <= radius).count();
      within += inside;
      covered += inside > 0 ? 1 : 0;
    }
    assertThat(Manifold.of(real, samples))
        .isEqualTo(new Manifold(within / (Manifold.NEIGHBOURS * 7), covered / 12));
  }
}
