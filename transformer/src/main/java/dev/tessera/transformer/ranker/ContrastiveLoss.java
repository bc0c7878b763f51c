package dev.tessera.transformer.ranker;

import java.util.Arrays;

/**
 * The symmetric cross-entropy of who belongs to whom in a batch (Radford et al., 2021, section 2.3,
 * figure 3), with its gradients. Each picture chooses among all texts of the batch, each text among
 * all pictures, with probabilities that are the softmax of the scaled cosines.
 *
 * <p>Pairs with the same text are right for each other: the probability that is aimed at is divided
 * among them (Yang et al., <i>Unified contrastive learning in image-text-label space</i>, CVPR
 * 2022, section 3.1). Otherwise a set with few different captions would teach that a picture does
 * not fit its own caption.
 *
 * <p>Sums are in a fixed order, so that equal inputs give equal bits.
 *
 * @param loss mean over both directions and all pairs, in nats
 * @param pictures gradient for the vectors of the pictures, [B, E]; not copied
 * @param texts gradient for the vectors of the texts, [B, E]; not copied
 * @param logScale gradient for the logarithm of the scale
 */
record ContrastiveLoss(double loss, float[] pictures, float[] texts, double logScale) {
  /** What cosines are multiplied by at most (section 2.5 of the paper). */
  private static final double MAXIMUM_SCALE = 100;

  /**
   * The loss of a batch.
   *
   * @param pictures vectors of length 1, [B, E]
   * @param texts vectors of length 1, [B, E]
   * @param groups [B], equal for pairs with the same text
   * @param logScale logarithm of what cosines are multiplied by
   */
  static ContrastiveLoss of(float[] pictures, float[] texts, int[] groups, double logScale) {
    int count = groups.length;
    int width = pictures.length / count;
    double scale = scale(logScale);
    float[] logits = products(pictures, texts, count, width, (float) scale);
    float[] byPicture = gradient(logits, groups);
    double loss = loss(logits, groups) / 2;
    float[] transposed = transposed(logits, count, count);
    float[] byText = gradient(transposed, groups);
    loss += loss(transposed, groups) / 2;
    float[] gradient = transposed(byText, count, count);
    double scaleGradient = 0;
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (gradient[i] + byPicture[i]) / 2;
      scaleGradient += (double) gradient[i] * logits[i];
    }
    boolean atMost = scale >= MAXIMUM_SCALE && scaleGradient < 0;
    return new ContrastiveLoss(
        loss,
        weighted(gradient, texts, count, width, (float) scale),
        weighted(transposed(gradient, count, count), pictures, count, width, (float) scale),
        atMost ? 0 : scaleGradient);
  }

  /** What cosines are multiplied by. */
  static double scale(double logScale) {
    return Math.min(MAXIMUM_SCALE, Math.exp(logScale));
  }

  /** scale · a · bᵀ: [count, count]. */
  private static float[] products(float[] a, float[] b, int count, int width, float scale) {
    float[] columns = transposed(b, count, width);
    float[] products = new float[count * count];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < width; k++) {
        addRow(products, i, scale * a[i * width + k], columns, k, count);
      }
    }
    return products;
  }

  /** scale · weights · vectors: [count, width]. */
  private static float[] weighted(
      float[] weights, float[] vectors, int count, int width, float scale) {
    float[] sums = new float[count * width];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        addRow(sums, i, scale * weights[i * count + j], vectors, j, width);
      }
    }
    return sums;
  }

  /** Adds a multiple of a row of one matrix to a row of another; both have so many columns. */
  private static void addRow(
      float[] to, int row, float factor, float[] from, int fromRow, int columns) {
    int at = row * columns;
    int fromAt = fromRow * columns;
    for (int j = 0; j < columns; j++) {
      to[at + j] += factor * from[fromAt + j];
    }
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] transposed = new float[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[j * rows + i] = matrix[i * columns + j];
      }
    }
    return transposed;
  }

  /** Mean over the rows of the cross-entropy. */
  private static double loss(float[] logits, int[] groups) {
    int count = groups.length;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double aimed = 0;
      int right = 0;
      for (int j = 0; j < count; j++) {
        if (groups[i] == groups[j]) {
          aimed += logits[i * count + j];
          right++;
        }
      }
      sum += logSumExp(logits, i, count) - aimed / right;
    }
    return sum / count;
  }

  /** Gradient of {@link #loss} for the logits: [B, B]. */
  private static float[] gradient(float[] logits, int[] groups) {
    int count = groups.length;
    float[] gradient = new float[logits.length];
    for (int i = 0; i < count; i++) {
      int own = groups[i];
      long right = Arrays.stream(groups).filter(group -> group == own).count();
      double normaliser = logSumExp(logits, i, count);
      for (int j = 0; j < count; j++) {
        double aimed = groups[j] == own ? 1.0 / right : 0;
        double probability = Math.exp(logits[i * count + j] - normaliser);
        gradient[i * count + j] = (float) ((probability - aimed) / count);
      }
    }
    return gradient;
  }

  private static double logSumExp(float[] logits, int row, int count) {
    double highest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < count; j++) {
      highest = Math.max(highest, logits[row * count + j]);
    }
    double sum = 0;
    for (int j = 0; j < count; j++) {
      sum += Math.exp(logits[row * count + j] - highest);
    }
    return highest + Math.log(sum);
  }
}
