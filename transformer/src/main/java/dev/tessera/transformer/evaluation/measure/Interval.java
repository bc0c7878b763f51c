package dev.tessera.transformer.evaluation.measure;

import dev.tessera.engine.random.CounterRandom;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * Where a figure lies with 95% confidence.
 *
 * @param low end
 * @param high end, not below low
 */
public record Interval(double low, double high) {
  private static final double TAIL = 0.025;

  /** The 97.5% quantile of the standard normal distribution. */
  private static final double Z = 1.959964;

  public Interval {
    if (low > high) {
      throw new IllegalArgumentException("low is " + low + ", but must be at most high, " + high);
    }
  }

  /**
   * Of a share that was counted, after Wilson (1927).
   *
   * @param share counted, 0 to 1
   * @param count of what was looked at, at least 1
   */
  public static Interval ofShare(double share, int count) {
    double scale = 1 + Z * Z / count;
    double centre = (share + Z * Z / (2 * count)) / scale;
    double half =
        Z / scale * Math.sqrt(share * (1 - share) / count + Z * Z / (4.0 * count * count));
    return new Interval(Math.max(0, centre - half), Math.min(1, centre + half));
  }

  /**
   * Of any figure over a sample, by the bootstrap (Efron 1979): the quantiles of the figure over
   * samples of the same size that are drawn from the sample with replacement, less what their mean
   * lies above the figure itself. Without that, a distance that grows when rows repeat could lie
   * outside its own interval.
   *
   * @param sample at least one row
   * @param figure of a sample
   * @param resamples how many to draw, at least 1
   */
  public static Interval bootstrap(
      double[][] sample, ToDoubleFunction<double[][]> figure, int resamples, long seed) {
    double[] figures = new double[resamples];
    double[][] drawn = new double[sample.length][];
    for (int i = 0; i < resamples; i++) {
      CounterRandom random = new CounterRandom(seed, "bootstrap", i);
      for (int j = 0; j < drawn.length; j++) {
        drawn[j] = sample[random.nextInt(sample.length)];
      }
      figures[i] = figure.applyAsDouble(drawn);
    }
    double bias = Arrays.stream(figures).sum() / resamples - figure.applyAsDouble(sample);
    Arrays.sort(figures);
    int cut = (int) (TAIL * (resamples - 1));
    return new Interval(figures[cut] - bias, figures[resamples - 1 - cut] - bias);
  }
}
