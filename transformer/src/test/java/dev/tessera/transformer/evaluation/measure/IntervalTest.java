package dev.tessera.transformer.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class IntervalTest {
  @Test
  void theIntervalOfAShareIsWilsons() {
    // 8 of 10: 0.4902 to 0.9433 in published tables of Wilson's interval.
    Interval interval = Interval.ofShare(0.8, 10);
    assertThat(interval.low()).isCloseTo(0.4902, within(1e-4));
    assertThat(interval.high()).isCloseTo(0.9433, within(1e-4));
  }

  @Test
  void aShareOfAllStillAllowsForFewer() {
    Interval interval = Interval.ofShare(1, 20);
    assertThat(interval.low()).isBetween(0.8, 0.9);
    assertThat(interval.high()).isEqualTo(1);
  }

  @Test
  void theBootstrapOfAMeanIsAsWideAsItsStandardErrorSays() {
    Random random = new Random(1);
    double[][] sample = new double[400][];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = new double[] {random.nextGaussian()};
    }
    Interval interval = Interval.bootstrap(sample, IntervalTest::mean, 1000, 3);
    assertThat(interval.high() - interval.low()).isCloseTo(2 * 1.96 / 20, within(0.02));
    assertThat(mean(sample)).isBetween(interval.low(), interval.high());
    assertThat(Interval.bootstrap(sample, IntervalTest::mean, 1000, 3)).isEqualTo(interval);
    assertThat(Interval.bootstrap(sample, IntervalTest::mean, 1000, 4)).isNotEqualTo(interval);
  }

  private static double mean(double[][] rows) {
    double sum = 0;
    for (double[] row : rows) {
      sum += row[0];
    }
    return sum / rows.length;
  }
}
