package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Linear;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The rows of a batch that one thread takes through all layers, with their activations.
 *
 * <p>A batch is divided by rows, so that a step needs one hand-over to other threads and not one
 * for each product. Only a single row, which cannot be divided, shares out the columns of its
 * larger products.
 */
final class RowGroup {
  private static final float NORM_EPSILON = 1e-5f;
  private static final float GELU_SLOPE = 1.702f;

  /** Products of fewer multiplications are done sooner than other threads are woken. */
  private static final int SHARED_PRODUCT = 1 << 18;

  private final TransformerConfig config;
  private final TransformerWeights weights;
  private final KeyValueCache cache;
  private final float[][] x;
  private final float[][] normed;
  private final float[][] qkv;
  private final float[][] mixed;
  private final float[][] hidden;
  private final float[] query;
  private final float[] scores;

  RowGroup(TransformerConfig config, TransformerWeights weights, KeyValueCache cache, int rows) {
    this.config = config;
    this.weights = weights;
    this.cache = cache;
    int width = config.width();
    x = new float[rows][width];
    normed = new float[rows][width];
    qkv = new float[rows][3 * width];
    mixed = new float[rows][width];
    hidden = new float[rows][4 * width];
    query = new float[width];
    scores = new float[config.sequenceLength()];
  }

  /**
   * One token for each of the rows {@code first} to {@code first + rows − 1} of the batch.
   *
   * @param input index of the input
   * @param spans what each layer attends to
   * @param logits where the rows' logits go; not touched for {@link Range#NONE}
   * @param threads how many may share the work of this group
   */
  void step(
      int first,
      int rows,
      int input,
      int[] tokens,
      int[] positions,
      int[] targetPositions,
      AttentionSpans[] spans,
      Range range,
      float[][] logits,
      int threads) {
    for (int row = 0; row < rows; row++) {
      int r = first + row;
      embed(tokens[r], positions[r], targetPositions[r], x[row]);
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      Block block = weights.blocks().get(layer);
      normalise(block.norm1(), rows);
      apply(block.qkv(), normed, rows, qkv, threads);
      for (int row = 0; row < rows; row++) {
        attend(first + row, layer, input, spans[layer], qkv[row], mixed[row]);
      }
      addBias(block.out(), rows);
      product(mixed, rows, block.out().weight(), x, threads);

      normalise(block.norm2(), rows);
      apply(block.up(), normed, rows, hidden, threads);
      for (int row = 0; row < rows; row++) {
        gelu(hidden[row]);
      }
      addBias(block.down(), rows);
      product(hidden, rows, block.down().weight(), x, threads);
    }
    if (range != Range.NONE) {
      normalise(weights.norm(), rows);
      float[][] head = range == Range.TEXT ? weights.textHead() : weights.imageHead();
      float[][] y = Arrays.copyOfRange(logits, first, first + rows);
      for (float[] row : y) {
        Arrays.fill(row, 0);
      }
      product(normed, rows, head, y, threads);
    }
  }

  private void embed(int token, int position, int targetPosition, float[] y) {
    float[] a = weights.tokenEmbedding()[token];
    float[] b = weights.positionEmbedding()[position];
    float[] c = weights.targetEmbedding()[targetPosition];
    for (int j = 0; j < y.length; j++) {
      y[j] = a[j] + b[j] + c[j];
    }
  }

  private void normalise(Norm norm, int rows) {
    for (int row = 0; row < rows; row++) {
      float[] in = x[row];
      float mean = (float) (sum(in) / in.length);
      float[] out = normed[row];
      for (int j = 0; j < out.length; j++) {
        out[j] = in[j] - mean;
      }
      double variance = sumOfSquares(out) / out.length;
      float factor = (float) (1 / Math.sqrt(variance + NORM_EPSILON));
      float[] scale = norm.scale();
      float[] bias = norm.bias();
      for (int j = 0; j < out.length; j++) {
        out[j] = out[j] * factor * scale[j] + bias[j];
      }
    }
  }

  private void attend(
      int row, int layer, int input, AttentionSpans spans, float[] in, float[] out) {
    int width = config.width();
    int headWidth = config.headWidth();
    float[][] keys = cache.keys(row, layer);
    float[][] values = cache.values(row, layer);
    float scale = (float) (1 / Math.sqrt(headWidth));
    for (int c = 0; c < width; c++) {
      query[c] = in[c] * scale;
      keys[c][input] = in[width + c];
    }
    System.arraycopy(in, 2 * width, values[input], 0, width);
    Arrays.fill(out, 0);
    for (int channel = 0; channel < width; channel += headWidth) {
      float maximum = Float.NEGATIVE_INFINITY;
      for (int run = 0; run < spans.runs(); run++) {
        int start = spans.start(run);
        int end = spans.end(run);
        Arrays.fill(scores, start, end, 0);
        MatrixProduct.accumulate(query, channel, keys, channel, headWidth, scores, start, end);
        for (int t = start; t < end; t++) {
          maximum = Math.max(maximum, scores[t]);
        }
      }
      double sum = 0;
      for (int run = 0; run < spans.runs(); run++) {
        int start = spans.start(run);
        int end = spans.end(run);
        for (int t = start; t < end; t++) {
          scores[t] = Exponential.exp(scores[t] - maximum);
          sum += scores[t];
        }
        MatrixProduct.accumulate(
            scores, start, values, start, end - start, out, channel, channel + headWidth);
      }
      float factor = (float) (1 / sum);
      for (int c = channel; c < channel + headWidth; c++) {
        out[c] *= factor;
      }
    }
  }

  /** y = x · weight + bias. */
  private static void apply(Linear linear, float[][] x, int rows, float[][] y, int threads) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(linear.bias(), 0, y[row], 0, linear.bias().length);
    }
    product(x, rows, linear.weight(), y, threads);
  }

  private void addBias(Linear linear, int rows) {
    float[] bias = linear.bias();
    for (int row = 0; row < rows; row++) {
      float[] y = x[row];
      for (int j = 0; j < y.length; j++) {
        y[j] += bias[j];
      }
    }
  }

  private static void product(float[][] x, int rows, float[][] weight, float[][] y, int threads) {
    int columns = weight[0].length;
    if (threads == 1 || (long) weight.length * columns < SHARED_PRODUCT) {
      MatrixProduct.accumulate(x, rows, weight, y, 0, columns);
    } else {
      IntStream.range(0, threads)
          .parallel()
          .forEach(
              part ->
                  MatrixProduct.accumulate(
                      x,
                      rows,
                      weight,
                      y,
                      (int) ((long) columns * part / threads),
                      (int) ((long) columns * (part + 1) / threads)));
    }
  }

  private static void gelu(float[] values) {
    for (int j = 0; j < values.length; j++) {
      values[j] = values[j] / (1 + Exponential.exp(-GELU_SLOPE * values[j]));
    }
  }

  /** Two sums side by side, because the additions of one would wait for each other. */
  private static double sum(float[] values) {
    double even = 0;
    double odd = 0;
    int paired = values.length & ~1;
    for (int j = 0; j < paired; j += 2) {
      even += values[j];
      odd += values[j + 1];
    }
    return even + odd + (paired < values.length ? values[paired] : 0);
  }

  private static double sumOfSquares(float[] values) {
    double even = 0;
    double odd = 0;
    int paired = values.length & ~1;
    for (int j = 0; j < paired; j += 2) {
      even += (double) values[j] * values[j];
      odd += (double) values[j + 1] * values[j + 1];
    }
    return even + odd + (paired < values.length ? (double) values[paired] * values[paired] : 0);
  }
}
