package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Where pictures that show the same lie close together: a {@link PictureDescriptor} through a
 * linear map that was learned from real training pictures alone, never from a generator.
 *
 * @param name of the space, to be stated with every figure that is measured in it
 * @param definition in one sentence
 * @param projection of descriptors
 */
public record FeatureSpace(String name, String definition, LinearProjection projection) {
  /** Numbers of a feature vector at most. */
  public static final int SIZE = 64;

  /**
   * Learns a space. Where at least two concepts have two pictures or more, the space is that of
   * their linear discriminants, else that of the principal components.
   *
   * @param descriptors [any, at least 2][D] of training pictures
   * @param concepts of each; empty for unknown
   */
  public static FeatureSpace learn(double[][] descriptors, List<String> concepts) {
    Map<String, Integer> counts = new HashMap<>();
    concepts.forEach(concept -> counts.merge(concept, 1, Integer::sum));
    counts.remove("");
    long repeated = counts.values().stream().filter(count -> count > 1).count();
    if (repeated < 2) {
      LinearProjection projection = LinearProjection.principal(descriptors, SIZE);
      return new FeatureSpace(
          "pca" + projection.directions().length,
          "the first principal components over the training pictures of a descriptor (means of"
              + " 8 × 8 cells, colour histogram, histograms of oriented gradients)",
          projection);
    }
    List<double[]> labelled = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < descriptors.length; i++) {
      if (!concepts.get(i).isEmpty()) {
        labelled.add(descriptors[i]);
        names.add(concepts.get(i));
      }
    }
    LinearProjection projection =
        LinearProjection.discriminant(
            labelled.toArray(double[][]::new), PictureLabels.numbered(names), SIZE);
    return new FeatureSpace(
        "lda" + projection.directions().length,
        "linear discriminants of the "
            + new HashSet<>(names).size()
            + " concepts of the training pictures, over a descriptor (means of 8 × 8 cells, colour"
            + " histogram, histograms of oriented gradients)",
        projection);
  }

  /** The features of a picture of any size. */
  public double[] features(Rgb picture) {
    return projection.apply(PictureDescriptor.of(picture));
  }
}
