package dev.tessera.transformer.evaluation.measure;

/** Distances between vectors of one length. */
public final class Distances {
  private Distances() {}

  /** The Euclidean distance. */
  public static double euclidean(double[] a, double[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - b[i];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }

  /** The mean Euclidean distance over all pairs of different rows; not a number below two rows. */
  public static double meanPairwise(double[][] rows) {
    double sum = 0;
    long pairs = 0;
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += euclidean(rows[i], rows[j]);
        pairs++;
      }
    }
    return sum / pairs;
  }

  /** The share of rows that lie within a distance of an earlier one. */
  public static double duplicates(double[][] rows, double within) {
    int duplicates = 0;
    for (int i = 0; i < rows.length; i++) {
      boolean seen = false;
      for (int j = 0; j < i && !seen; j++) {
        seen = euclidean(rows[i], rows[j]) <= within;
      }
      duplicates += seen ? 1 : 0;
    }
    return (double) duplicates / rows.length;
  }
}
