package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import org.jspecify.annotations.Nullable;

/**
 * What one member of a team does of a step. Each has the residual stream of all rows for itself and
 * does what is cheap on all of it; of attention it does its own heads, of a product its own
 * columns. Four times a layer the members wait for each other: when all heads have been attended
 * to, and after the products of which others need the columns.
 */
final class DecoderWorker {
  private static final float NORM_EPSILON = 1e-5f;

  private final int member;
  private final ThreadTeam team;
  private final TransformerWeights weights;
  private final Products products;
  private final QueriesAndKeys queriesAndKeys;
  private final CachedAttention attention;
  private final float[][] x;
  private final float[] normed;
  private final float[] projected;
  private final float[] attended;
  private final float[] result;

  DecoderWorker(
      TransformerConfig config,
      TransformerWeights weights,
      Products products,
      KeyValueCache cache,
      ThreadTeam team,
      int member,
      int rows) {
    this.member = member;
    this.team = team;
    this.weights = weights;
    this.products = products;
    Panels heads = Panels.ofHeads(config.heads(), config.headWidth());
    int from = heads.firstColumn(member, team.members());
    int to = heads.firstColumn(member + 1, team.members());
    queriesAndKeys = new QueriesAndKeys(config, weights, from, to);
    attention = new CachedAttention(config, cache, from, to);
    int width = config.width();
    x = new float[rows][width];
    normed = new float[width];
    projected = new float[3 * width];
    attended = new float[width];
    result = new float[width];
  }

  /**
   * One token for each row.
   *
   * @param input index of the input
   * @param orders the order token of each row
   * @param spans what each layer attends to, by order
   * @param logits where the own columns of the logits go; not touched for {@link Range#NONE}
   */
  void step(
      int rows,
      int input,
      int[] orders,
      int[] tokens,
      int[] positions,
      int[] targetPositions,
      AttentionSpans[][] spans,
      Range range,
      float[][] logits) {
    products.begin();
    try {
      for (int row = 0; row < rows; row++) {
        embed(tokens[row], positions[row], targetPositions[row], x[row]);
      }
      for (int layer = 0; layer < weights.blocks().size(); layer++) {
        Block block = weights.blocks().get(layer);
        normalise(block.norm1(), rows);
        products.project(layer, rows);
        for (int row = 0; row < rows; row++) {
          products.readProjected(row, projected);
          queriesAndKeys.prepare(layer, positions[row], projected);
          attention.attend(row, layer, input, spans[orders[row]][layer], projected, attended);
          products.giveAttended(row, attended);
        }
        products.attended(rows);
        team.meet(member);
        products.out(layer, rows);
        team.meet(member);
        addResult(block.attentionNorm(), rows);

        normalise(block.norm2(), rows);
        products.up(layer, rows);
        team.meet(member);
        products.down(layer, rows);
        team.meet(member);
        addResult(block.mlpNorm(), rows);
      }
      if (range != Range.NONE) {
        normalise(weights.norm(), rows);
        products.logits(range, rows, logits);
      }
    } finally {
      products.end();
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

  /**
   * Adds what was computed last to the residual stream.
   *
   * @param norm of it; null if it is added as it is
   */
  private void addResult(@Nullable Norm norm, int rows) {
    for (int row = 0; row < rows; row++) {
      products.readResult(row, result);
      if (norm != null) {
        normalise(norm, result, result);
      }
      float[] y = x[row];
      for (int j = 0; j < y.length; j++) {
        y[j] += result[j];
      }
    }
  }

  private void normalise(Norm norm, int rows) {
    for (int row = 0; row < rows; row++) {
      normalise(norm, x[row], normed);
      products.give(row, normed);
    }
  }

  private static void normalise(Norm norm, float[] in, float[] out) {
    float mean = (float) (Logits.sum(in, 0, in.length) / in.length);
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

  /** Four sums side by side, because the additions of one would wait for each other. */
  private static double sumOfSquares(float[] values) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int j = 0;
    for (; j + 3 < values.length; j += 4) {
      sum0 += (double) values[j] * values[j];
      sum1 += (double) values[j + 1] * values[j + 1];
      sum2 += (double) values[j + 2] * values[j + 2];
      sum3 += (double) values[j + 3] * values[j + 3];
    }
    for (; j < values.length; j++) {
      sum0 += (double) values[j] * values[j];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }
}
