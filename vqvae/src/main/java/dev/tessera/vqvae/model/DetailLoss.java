package dev.tessera.vqvae.model;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;

/**
 * Losses of what a mean square of pixels cares little for. Each is a mean over what it measures,
 * summed over the rows at hand and divided by the number of all, so that parts of a step add up.
 * Pixels are −1 to 1; those beyond the border count as white.
 */
public final class DetailLoss {
  private static final int RGB = 3;
  private static final double SOBEL_SCALE = 8;
  private static final int[] SMOOTH = {1, 2, 1};
  private static final int[] SLOPE = {-1, 0, 1};

  /** ITU-R BT.601. */
  private static final double[] LUMA = {0.299, 0.587, 0.114};

  /** Added to the square of a strength, which has no gradient at 0: half a level, squared. */
  private static final double LEAST_STRENGTH = 1.5e-5;

  private final ModelGraph graph;
  private final Ops ops;
  private final GraphTensor pictures;
  private final GraphTensor reconstruction;
  private final double step;

  /**
   * @param pictures [B, H, W, 3]
   * @param reconstruction of them, [B, H, W, 3]
   * @param step pictures of all parts of the step together, B or more
   */
  public DetailLoss(ModelGraph graph, GraphTensor pictures, GraphTensor reconstruction, int step) {
    this.graph = graph;
    this.ops = graph.ops();
    this.pictures = pictures;
    this.reconstruction = reconstruction;
    this.step = step;
  }

  /**
   * How wrong edges are, by Sobel's kernels over 8: the mean absolute difference of the slopes of
   * each channel across and down, and that of the strengths of edges, which are the lengths of the
   * slopes of brightness: [1, 1]. By slopes alone an edge whose place is in doubt had better be
   * faint; its strength asks for one nonetheless.
   */
  public GraphTensor edges() {
    float[] identity = new float[RGB * RGB];
    for (int channel = 0; channel < RGB; channel++) {
      identity[channel * RGB + channel] = 1;
    }
    GraphTensor slopes = slopes(ops.subtract(reconstruction, pictures), identity);
    GraphTensor strengths = ops.subtract(strengths(reconstruction), strengths(pictures));
    return ops.add(mean(ops.abs(slopes)), mean(ops.abs(strengths)));
  }

  /** [B, H, W, 3] → [B, H, W, 1]. */
  private GraphTensor strengths(GraphTensor shown) {
    float[] luma = new float[RGB];
    for (int channel = 0; channel < RGB; channel++) {
      luma[channel] = (float) LUMA[channel];
    }
    GraphTensor slopes = slopes(ops.affine(shown, 1, -1), luma); // white is 0, as is the border
    GraphTensor ones = graph.constant(new float[] {1, 1}, 1, 1, 2, 1);
    GraphTensor least = graph.constant(new float[] {(float) LEAST_STRENGTH}, 1);
    GraphTensor squares = ops.conv2d(ops.multiply(slopes, slopes), ones, least, 1);
    return ops.exp(ops.affine(ops.log(squares), 0.5, 0));
  }

  /**
   * The slopes across and down of weighted sums of the channels.
   *
   * @param x [B, H, W, 3]
   * @param weights [3, S]
   * @return [B, H, W, 2·S]
   */
  private GraphTensor slopes(GraphTensor x, float[] weights) {
    int sums = weights.length / RGB;
    float[] kernels = new float[3 * 3 * weights.length * 2];
    for (int place = 0; place < 3 * 3; place++) {
      int across = SMOOTH[place / 3] * SLOPE[place % 3];
      int down = SLOPE[place / 3] * SMOOTH[place % 3];
      for (int channel = 0; channel < RGB; channel++) {
        for (int sum = 0; sum < sums; sum++) {
          int at = ((place * RGB + channel) * sums + sum) * 2;
          double weight = weights[channel * sums + sum] / SOBEL_SCALE;
          kernels[at] = (float) (weight * across);
          kernels[at + 1] = (float) (weight * down);
        }
      }
    }
    GraphTensor kernel = graph.constant(kernels, 3, 3, RGB, 2L * sums);
    return ops.conv2d(x, kernel, graph.constant(new float[2 * sums], 2L * sums), 1);
  }

  /**
   * The mean square of differences that are left in pictures of half and of a quarter of the sides,
   * the sum of both: [1, 1]. It weighs slow changes of colour, which a tint is.
   */
  public GraphTensor scales() {
    GraphTensor half = halved(ops.subtract(reconstruction, pictures));
    GraphTensor quarter = halved(half);
    return ops.add(mean(ops.multiply(half, half)), mean(ops.multiply(quarter, quarter)));
  }

  private GraphTensor halved(GraphTensor x) {
    float[] kernel = new float[2 * 2 * RGB * RGB];
    for (int place = 0; place < 4; place++) {
      for (int channel = 0; channel < RGB; channel++) {
        kernel[(place * RGB + channel) * RGB + channel] = 0.25f;
      }
    }
    return ops.conv2d(
        x, graph.constant(kernel, 2, 2, RGB, RGB), graph.constant(new float[RGB], RGB), 2);
  }

  private GraphTensor mean(GraphTensor x) {
    double perPicture = (double) x.length() / x.size(0);
    return ops.affine(ops.sum(x), 1 / (perPicture * step), 0);
  }
}
