package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Norm;

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
    attention =
        new CachedAttention(
            config,
            cache,
            heads.firstColumn(member, team.members()),
            heads.firstColumn(member + 1, team.members()));
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
   * @param spans what each layer attends to
   * @param logits where the own columns of the logits go; not touched for {@link Range#NONE}
   */
  void step(
      int rows,
      int input,
      int[] tokens,
      int[] positions,
      int[] targetPositions,
      AttentionSpans[] spans,
      Range range,
      float[][] logits) {
    products.begin();
    try {
      for (int row = 0; row < rows; row++) {
        embed(tokens[row], positions[row], targetPositions[row], x[row]);
      }
      for (int layer = 0; layer < spans.length; layer++) {
        Block block = weights.blocks().get(layer);
        normalise(block.norm1(), rows);
        products.project(layer, rows);
        for (int row = 0; row < rows; row++) {
          products.readProjected(row, projected);
          attention.attend(row, layer, input, spans[layer], projected, attended);
          products.giveAttended(row, attended);
        }
        products.attended(rows);
        team.meet(member);
        products.out(layer, rows);
        team.meet(member);
        addResult(rows);

        normalise(block.norm2(), rows);
        products.up(layer, rows);
        team.meet(member);
        products.down(layer, rows);
        team.meet(member);
        addResult(rows);
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

  private void addResult(int rows) {
    for (int row = 0; row < rows; row++) {
      products.readResult(row, result);
      float[] y = x[row];
      for (int j = 0; j < y.length; j++) {
        y[j] += result[j];
      }
    }
  }

  private void normalise(Norm norm, int rows) {
    for (int row = 0; row < rows; row++) {
      float[] in = x[row];
      float mean = (float) (Logits.sum(in, 0, in.length) / in.length);
      for (int j = 0; j < normed.length; j++) {
        normed[j] = in[j] - mean;
      }
      double variance = sumOfSquares(normed) / normed.length;
      float factor = (float) (1 / Math.sqrt(variance + NORM_EPSILON));
      float[] scale = norm.scale();
      float[] bias = norm.bias();
      for (int j = 0; j < normed.length; j++) {
        normed[j] = normed[j] * factor * scale[j] + bias[j];
      }
      products.give(row, normed);
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
