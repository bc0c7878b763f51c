package dev.tessera.vqvae.picture;

import java.util.Arrays;

/**
 * Brings a window of a picture to a size.
 *
 * <p>The window is given in the source's pixels, with fractions: result pixel (i, j) stands for the
 * square whose corner is (top + i·scale, left + j·scale) and whose side is {@code scale}. The
 * window may reach beyond the source, where there is background. Transparent pixels are laid on the
 * background first, one by one.
 */
final class Resampler {
  private final ArgbRows source;
  private final Placement placement;
  private final int height;
  private final int width;
  private final int[] background;

  /** Where the window begins and how many source pixels a result pixel is wide and high. */
  record Placement(double top, double left, double scale) {
    /** The window that a fit asks for. */
    static Placement of(
        int sourceHeight, int sourceWidth, int height, int width, PictureConfig.Fit fit) {
      double vertical = (double) sourceHeight / height;
      double horizontal = (double) sourceWidth / width;
      double scale =
          switch (fit) {
            case CENTER_CROP -> Math.min(vertical, horizontal);
            case PAD -> Math.max(vertical, horizontal);
          };
      return new Placement(
          (sourceHeight - scale * height) / 2, (sourceWidth - scale * width) / 2, scale);
    }
  }

  Resampler(ArgbRows source, Placement placement, int height, int width, int background) {
    this.source = source;
    this.placement = placement;
    this.height = height;
    this.width = width;
    this.background =
        new int[] {background >> 16 & 0xFF, background >> 8 & 0xFF, background & 0xFF};
  }

  /** Averages when there are more source pixels than result pixels, else interpolates. */
  Rgb resample() {
    return placement.scale() >= 1 ? areaAverage() : bilinear();
  }

  /**
   * The mean colour of each result pixel's square, source pixels weighted by the area of theirs
   * that lies in it. One pass over the source, one row at a time.
   */
  Rgb areaAverage() {
    double scale = placement.scale();
    Taps columns = Taps.of(placement.left(), scale, width, source.width());
    double[] sums = new double[height * width * 3];
    double[] covered = new double[height];
    double[] line = new double[width * 3];
    int[] argb = new int[columns.count()];
    double[] laid = new double[columns.count() * 3];
    int firstRow = clamp((int) Math.floor(placement.top()), source.height());
    int endRow = clamp((int) Math.ceil(placement.top() + scale * height), source.height());
    for (int y = firstRow; y < endRow; y++) {
      source.read(y, columns.first(), columns.count(), argb);
      layOnBackground(argb, laid);
      columns.weigh(laid, line);
      int from = clamp((int) Math.floor((y - placement.top()) / scale) - 1, height);
      int to = clamp((int) Math.floor((y + 1 - placement.top()) / scale) + 2, height);
      for (int i = from; i < to; i++) {
        double start = placement.top() + i * scale;
        double weight = Math.min(y + 1, start + scale) - Math.max(y, start);
        if (weight > 0) {
          covered[i] += weight;
          for (int k = 0, at = i * line.length; k < line.length; k++, at++) {
            sums[at] += weight * line[k];
          }
        }
      }
    }
    return average(sums, covered, columns);
  }

  private Rgb average(double[] sums, double[] coveredRows, Taps columns) {
    double area = placement.scale() * placement.scale();
    byte[] pixels = new byte[sums.length];
    for (int i = 0, at = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        double outside = area - coveredRows[i] * columns.covered(j);
        for (int c = 0; c < 3; c++, at++) {
          pixels[at] = toByte((sums[at] + outside * background[c]) / area);
        }
      }
    }
    return new Rgb(height, width, pixels);
  }

  /** Linear interpolation between the four source pixels around each result pixel's centre. */
  Rgb bilinear() {
    double scale = placement.scale();
    int first = clamp((int) Math.floor(placement.left()) - 1, source.width() - 1);
    int end = clamp((int) Math.ceil(placement.left() + scale * width) + 1, source.width());
    int[] argb = new int[end - first];
    double[] upper = new double[argb.length * 3];
    double[] lower = new double[argb.length * 3];
    byte[] pixels = new byte[height * width * 3];
    for (int i = 0, at = 0; i < height; i++) {
      double y = placement.top() + (i + 0.5) * scale;
      boolean rowInside = y >= 0 && y < source.height();
      double row = Math.max(0, Math.min(y - 0.5, source.height() - 1));
      int above = (int) row;
      source.read(above, first, argb.length, argb);
      layOnBackground(argb, upper);
      source.read(Math.min(above + 1, source.height() - 1), first, argb.length, argb);
      layOnBackground(argb, lower);
      for (int j = 0; j < width; j++) {
        double x = placement.left() + (j + 0.5) * scale;
        double column = Math.max(0, Math.min(x - 0.5, source.width() - 1));
        int before = (int) column - first;
        int after = Math.min(before + 1, argb.length - 1);
        boolean inside = rowInside && x >= 0 && x < source.width();
        for (int c = 0; c < 3; c++, at++) {
          double top = mix(upper[before * 3 + c], upper[after * 3 + c], column - (int) column);
          double bottom = mix(lower[before * 3 + c], lower[after * 3 + c], column - (int) column);
          pixels[at] = toByte(inside ? mix(top, bottom, row - above) : background[c]);
        }
      }
    }
    return new Rgb(height, width, pixels);
  }

  private void layOnBackground(int[] argb, double[] colours) {
    for (int x = 0, at = 0; x < argb.length; x++) {
      int pixel = argb[x];
      int alpha = pixel >>> 24;
      for (int c = 0; c < 3; c++, at++) {
        int value = pixel >> (16 - 8 * c) & 0xFF;
        colours[at] =
            alpha == 255 ? value : (alpha * value + (255 - alpha) * background[c]) / 255.0;
      }
    }
  }

  private static double mix(double a, double b, double share) {
    return a + (b - a) * share;
  }

  private static byte toByte(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }

  private static int clamp(int value, int maximum) {
    return Math.max(0, Math.min(value, maximum));
  }

  /** Which source columns each result column covers, and how much of them. */
  private record Taps(int first, int count, int[] starts, double[][] weights) {
    static Taps of(double left, double scale, int results, int columns) {
      int[] starts = new int[results];
      double[][] weights = new double[results][];
      int first = clamp((int) Math.floor(left), columns - 1);
      int end = clamp((int) Math.ceil(left + scale * results), columns);
      for (int j = 0; j < results; j++) {
        double start = left + j * scale;
        int from = Math.max(first, Math.min((int) Math.floor(start), end));
        int to = Math.max(from, Math.min((int) Math.ceil(start + scale), end));
        starts[j] = from - first;
        weights[j] = new double[to - from];
        for (int x = from; x < to; x++) {
          double weight = Math.min(x + 1, start + scale) - Math.max(x, start);
          weights[j][x - from] = Math.max(0, weight);
        }
      }
      return new Taps(first, Math.max(1, end - first), starts, weights);
    }

    double covered(int result) {
      return Arrays.stream(weights[result]).sum();
    }

    void weigh(double[] colours, double[] line) {
      for (int j = 0; j < weights.length; j++) {
        double red = 0;
        double green = 0;
        double blue = 0;
        int at = starts[j] * 3;
        for (double weight : weights[j]) {
          red += weight * colours[at];
          green += weight * colours[at + 1];
          blue += weight * colours[at + 2];
          at += 3;
        }
        line[3 * j] = red;
        line[3 * j + 1] = green;
        line[3 * j + 2] = blue;
      }
    }
  }
}
