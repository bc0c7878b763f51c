package dev.tessera.vqvae.model;

/**
 * Codes between two others: of the vectors that the decoder sees for them, the codebook's nearest
 * to a point on the straight line from the one to the other.
 *
 * @param codebook [K, C] row-major
 * @param channels C
 */
record CodeBlend(float[] codebook, int channels) {

  /**
   * The code at a share of the way, of equally near ones the lowest.
   *
   * @param share 0 for {@code from} to 1 for {@code to}
   */
  int between(int from, int to, double share) {
    if (from == to || share == 0) {
      return from;
    }
    if (share == 1) {
      return to;
    }
    double[] point = new double[channels];
    for (int c = 0; c < channels; c++) {
      double a = codebook[from * channels + c];
      point[c] = a + (codebook[to * channels + c] - a) * share;
    }
    int nearest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int code = 0; code < codebook.length / channels; code++) {
      double distance = 0;
      for (int c = 0; c < channels; c++) {
        double difference = codebook[code * channels + c] - point[c];
        distance += difference * difference;
      }
      if (distance < least) {
        least = distance;
        nearest = code;
      }
    }
    return nearest;
  }
}
