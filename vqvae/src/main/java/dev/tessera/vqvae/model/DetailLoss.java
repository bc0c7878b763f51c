package dev.tessera.vqvae.model;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;

/**
 * Losses of what a mean square of pixels cares little for. Each is a mean over what it measures,
 * summed over the rows at hand and divided by the number of all, so that parts of a step add up.
 */
public final class DetailLoss {
  private static final int RGB = 3;
  private static final double SOBEL_SCALE = 8;
  private static final int[] SMOOTH = {1, 2, 1};
  private static final int[] SLOPE = {-1, 0, 1};

  private final ModelGraph graph;
  private final Ops ops;
  private final GraphTensor difference;
  private final double step;

  /**
   * @param difference of reconstructions and originals, [B, H, W, 3]
   * @param step pictures of all parts of the step together, B or more
   */
  public DetailLoss(ModelGraph graph, GraphTensor difference, int step) {
    this.graph = graph;
    this.ops = graph.ops();
    this.difference = difference;
    this.step = step;
  }

  /**
   * The mean absolute difference of slopes across and down, by Sobel's kernels over 8, of each
   * channel: [1, 1]. Pixels beyond the border count as right.
   */
  public GraphTensor edges() {
    float[] kernels = new float[3 * 3 * RGB * 2 * RGB];
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 3; x++) {
        for (int channel = 0; channel < RGB; channel++) {
          int at = ((y * 3 + x) * RGB + channel) * 2 * RGB + 2 * channel;
          kernels[at] = (float) (SMOOTH[y] * SLOPE[x] / SOBEL_SCALE);
          kernels[at + 1] = (float) (SLOPE[y] * SMOOTH[x] / SOBEL_SCALE);
        }
      }
    }
    GraphTensor slopes =
        ops.conv2d(
            difference,
            graph.constant(kernels, 3, 3, RGB, 2 * RGB),
            graph.constant(new float[2 * RGB], 2 * RGB),
            1);
    return mean(ops.abs(slopes));
  }

  /**
   * The mean square of differences that are left in pictures of half and of a quarter of the sides,
   * the sum of both: [1, 1]. It weighs slow changes of colour, which a tint is.
   */
  public GraphTensor scales() {
    GraphTensor half = halved(difference);
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
