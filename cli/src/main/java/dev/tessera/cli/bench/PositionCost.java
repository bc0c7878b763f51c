package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Range;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a token costs by how many stand before it.
 *
 * @param batches rows of each column
 * @param block positions that are averaged over
 * @param milliseconds [batches][blocks]
 */
public record PositionCost(int[] batches, int block, double[][] milliseconds) {
  private static final int REPEATS = 5;

  /** Of the small model, with pictures of 32×31 tokens: 1,024 positions. */
  public static PositionCost ofSmallModel(Execution execution) {
    return measure(
        TransformerConfig.causal(990, 32, 1024, 32, 31, 256, 6, 8),
        execution,
        32,
        new int[] {1, 16});
  }

  /** The median over some passes, of which the first is warm-up. */
  static PositionCost measure(
      TransformerConfig config, Execution execution, int block, int[] batches) {
    TransformerWeights weights = TransformerWeights.read(config, Generation::random);
    int blocks = config.sequenceLength() / block;
    double[][] milliseconds = new double[batches.length][blocks];
    for (int i = 0; i < batches.length; i++) {
      double[][] passes = new double[blocks][REPEATS];
      try (IncrementalDecoder decoder =
          new IncrementalDecoder(config, weights, batches[i], WeightFormat.of(execution))) {
        for (int pass = -1; pass < REPEATS; pass++) {
          decoder.start(batches[i]);
          int[] tokens = new int[batches[i]];
          for (int at = 0; at < blocks; at++) {
            long start = System.nanoTime();
            for (int t = at * block; t < (at + 1) * block; t++) {
              decoder.step(tokens, t, t + 1, Range.IMAGE);
            }
            if (pass >= 0) {
              passes[at][pass] = (System.nanoTime() - start) * 1e-6 / block;
            }
          }
        }
      }
      for (int at = 0; at < blocks; at++) {
        Arrays.sort(passes[at]);
        milliseconds[i][at] = passes[at][REPEATS / 2];
      }
    }
    return new PositionCost(batches, block, milliseconds);
  }

  /** The middle of each block. */
  double[] positions() {
    double[] middles = new double[milliseconds[0].length];
    Arrays.setAll(middles, at -> (at + 0.5) * block);
    return middles;
  }

  /**
   * The straight line with the least squares.
   *
   * @param milliseconds at position 0
   * @param slope milliseconds for each position
   * @param explained share of the variance that the line explains, at most 1
   */
  record Line(double milliseconds, double slope, double explained) {
    double at(double position) {
      return milliseconds + slope * position;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.3f ms + %.3f µs a position, R² %.3f",
          milliseconds,
          slope * 1e3,
          explained);
    }
  }

  /** The line through the points of a batch. */
  Line line(int batch) {
    double[] x = positions();
    double[] y = milliseconds[batch];
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    double slope = xy / xx;
    return new Line(meanY - slope * meanX, slope, yy == 0 ? 1 : slope * xy / yy);
  }

  /** For people: the line of each batch. */
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < batches.length; i++) {
      lines.add("batch " + batches[i] + ": " + line(i));
    }
    return lines;
  }

  /** A picture of it, as a PNG file. */
  public byte[] png() throws IOException {
    return PositionPlot.png(this);
  }

  /**
   * A table of comma-separated values: the first position of each block, a column for each batch.
   */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    StringBuilder heading = new StringBuilder("position");
    for (int batch : batches) {
      heading.append(",batch ").append(batch).append(" (ms)");
    }
    lines.add(heading.toString());
    for (int at = 0; at < milliseconds[0].length; at++) {
      StringBuilder line = new StringBuilder().append(at * block);
      for (double[] column : milliseconds) {
        line.append(String.format(Locale.ROOT, ",%.4f", column[at]));
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
