package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.evaluation.feature.NearestNeighbours.Neighbour;
import java.util.Arrays;
import java.util.List;

/**
 * How close pictures come to training pictures.
 *
 * @param byPixels nearest training picture of each by thumbnails
 * @param byFeatures nearest training picture of each by features
 */
record Memorisation(List<Neighbour> byPixels, List<Neighbour> byFeatures) {
  /** What is nearer by pixels is a copy: 3% of the range of brightness on average. */
  static final double COPY = 0.03;

  /** Share of real held-out pictures that are nearer by features than what is called a copy. */
  private static final double QUANTILE = 0.05;

  static Memorisation of(PictureJudge judge, PictureJudge.Look look, EvaluationListener listener) {
    Neighbour[] pixels = new Neighbour[look.features().length];
    Neighbour[] features = new Neighbour[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      listener.progress("looking for copies", i, pixels.length);
      pixels[i] = judge.byPixels().nearest(look.thumbnails()[i]);
      features[i] = judge.byFeatures().nearest(look.features()[i]);
    }
    return new Memorisation(List.of(pixels), List.of(features));
  }

  private static double mean(List<Neighbour> neighbours) {
    return neighbours.stream().mapToDouble(Neighbour::distance).sum() / neighbours.size();
  }

  private static double within(List<Neighbour> neighbours, double distance) {
    return (double) neighbours.stream().filter(near -> near.distance() <= distance).count()
        / neighbours.size();
  }

  private double featureThreshold() {
    double[] distances = byFeatures.stream().mapToDouble(Neighbour::distance).toArray();
    Arrays.sort(distances);
    return distances[(int) (QUANTILE * (distances.length - 1))];
  }

  /**
   * What the report says of it.
   *
   * @param real the same for real held-out pictures
   * @param space name of the feature space
   * @param training pictures that were searched
   */
  List<Figure> figures(Memorisation real, String space, int training) {
    String searched = String.format(" Of %,d training pictures.", training);
    double threshold = real.featureThreshold();
    return List.of(
        Figure.share(
                "copiesByPixels",
                "Copies, by pixels",
                String.format(
                        "Share of samples whose nearest training picture differs by at most %s,"
                            + " as the root mean squared difference of RGB (0 to 1) over thumbnails"
                            + " of %d × %d cells.",
                        COPY, PictureJudge.THUMBNAIL, PictureJudge.THUMBNAIL)
                    + searched,
                within(byPixels, COPY),
                byPixels.size())
            .real(within(real.byPixels, COPY)),
        Figure.of(
                "nearestByPixels",
                "Distance to the nearest, by pixels",
                Figure.Unit.NUMBER,
                "The mean over samples of that difference; far below that of real pictures means"
                    + " copying."
                    + searched,
                mean(byPixels))
            .real(mean(real.byPixels)),
        Figure.share(
                "copiesByFeatures",
                "Copies, by features",
                String.format(
                        "Share of samples nearer to a training picture than 95%% of the real"
                            + " held-out pictures are: Euclidean distance at most %.3f in %s.",
                        threshold, space)
                    + searched,
                within(byFeatures, threshold),
                byFeatures.size())
            .real(within(real.byFeatures, threshold)),
        Figure.of(
                "nearestByFeatures",
                "Distance to the nearest, by features",
                Figure.Unit.NUMBER,
                "The mean over samples of the Euclidean distance to the nearest training picture in"
                    + " "
                    + space
                    + "."
                    + searched,
                mean(byFeatures))
            .real(mean(real.byFeatures)));
  }
}
