package dev.tessera.transformer.edit;

/**
 * Fills what is unknown of a field smoothly from what is known around it, by averaging to ever
 * coarser fields until every value is known, and interpolating back (the pull-push algorithm of
 * Gortler et al., <i>The lumigraph</i>, SIGGRAPH 1996, section 3.4). Takes time in proportion to
 * the field.
 */
final class Surroundings {
  private final int height;
  private final int width;
  private final int channels;

  /** Values that are known count 1, those that are not 0, coarser ones something between. */
  private final float[] weights;

  private final float[] values;

  private Surroundings(int height, int width, int channels, float[] values, float[] weights) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.values = values;
    this.weights = weights;
  }

  /**
   * Overwrites the unknown values of a field.
   *
   * @param values [height][width][channels]
   * @param unknown [height][width]; nothing changes where all are unknown
   */
  static void fill(float[] values, boolean[] unknown, int height, int width) {
    float[] weights = new float[unknown.length];
    boolean any = false;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = unknown[i] ? 0 : 1;
      any |= !unknown[i];
    }
    if (any) {
      new Surroundings(height, width, values.length / unknown.length, values, weights).fill();
    }
  }

  private void fill() {
    boolean complete = true;
    for (float weight : weights) {
      complete &= weight > 0;
    }
    if (complete) {
      return;
    }
    Surroundings coarser = coarser();
    coarser.fill();
    for (int row = 0, at = 0; row < height; row++) {
      for (int column = 0; column < width; column++, at++) {
        if (weights[at] == 0) {
          coarser.interpolate((row - 0.5) / 2, (column - 0.5) / 2, values, at * channels);
        }
      }
    }
  }

  /** Half as high and wide: means of what is known of every four values. */
  private Surroundings coarser() {
    int rows = (height + 1) / 2;
    int columns = (width + 1) / 2;
    float[] means = new float[rows * columns * channels];
    float[] counts = new float[rows * columns];
    for (int row = 0, from = 0; row < height; row++) {
      for (int column = 0; column < width; column++, from++) {
        int to = row / 2 * columns + column / 2;
        counts[to] += weights[from];
        for (int c = 0; c < channels; c++) {
          means[to * channels + c] += weights[from] * values[from * channels + c];
        }
      }
    }
    for (int i = 0; i < counts.length; i++) {
      for (int c = 0; c < channels && counts[i] > 0; c++) {
        means[i * channels + c] /= counts[i];
      }
      counts[i] = Math.min(1, counts[i]);
    }
    return new Surroundings(rows, columns, channels, means, counts);
  }

  private void interpolate(double row, double column, float[] to, int at) {
    double y = Math.max(0, Math.min(height - 1, row));
    double x = Math.max(0, Math.min(width - 1, column));
    int first = (int) y;
    int above = first * width;
    int below = Math.min(first + 1, height - 1) * width;
    int before = (int) x;
    int after = Math.min(before + 1, width - 1);
    float down = (float) (y - first);
    float across = (float) (x - before);
    for (int c = 0; c < channels; c++) {
      float upper = mix(above + before, above + after, c, across);
      float lower = mix(below + before, below + after, c, across);
      to[at + c] = upper + (lower - upper) * down;
    }
  }

  private float mix(int one, int other, int channel, float share) {
    float a = values[one * channels + channel];
    return a + (values[other * channels + channel] - a) * share;
  }
}
