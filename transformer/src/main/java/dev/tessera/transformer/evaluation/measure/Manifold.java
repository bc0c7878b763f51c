package dev.tessera.transformer.evaluation.measure;

import dev.tessera.transformer.evaluation.feature.NearestNeighbours;
import java.util.List;

/**
 * How samples lie among real pictures (Naeem et al., ICML 2020, section 3): around each real
 * picture a ball reaches to its k-th nearest real neighbour.
 *
 * @param density how many balls a sample lies in, over k and averaged over the samples: 1 is
 *     expected of samples that are like the real ones, more where they crowd where those are dense
 * @param coverage share of the balls that hold a sample
 */
public record Manifold(double density, double coverage) {
  /** Neighbours k, as in the paper's experiments. */
  public static final int NEIGHBOURS = 5;

  /**
   * Compares samples with real pictures.
   *
   * @param real [more than {@value #NEIGHBOURS}][d] feature vectors
   * @param samples [any, at least 1][d]
   */
  public static Manifold of(double[][] real, double[][] samples) {
    NearestNeighbours reals = new NearestNeighbours(real);
    NearestNeighbours sampled = new NearestNeighbours(samples);
    long within = 0;
    int covered = 0;
    for (double[] picture : real) {
      // The first neighbour is the picture itself.
      List<NearestNeighbours.Neighbour> near = reals.of(picture, NEIGHBOURS + 1);
      double radius = near.get(NEIGHBOURS).distance();
      if (sampled.nearest(picture).distance() <= radius) {
        covered++;
      }
      for (double[] sample : samples) {
        within += Distances.euclidean(picture, sample) <= radius ? 1 : 0;
      }
    }
    return new Manifold(
        (double) within / ((double) NEIGHBOURS * samples.length), (double) covered / real.length);
  }
}
