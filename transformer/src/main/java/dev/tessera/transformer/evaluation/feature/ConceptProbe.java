package dev.tessera.transformer.evaluation.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names what a picture shows: the concept whose training pictures have the mean feature vector of
 * the smallest angle. In a space of discriminants that is the discriminant classifier, for any
 * number of concepts with few pictures each.
 */
public final class ConceptProbe {
  private final List<String> concepts;
  private final double[][] directions;

  private ConceptProbe(List<String> concepts, double[][] directions) {
    this.concepts = concepts;
    this.directions = directions;
  }

  /**
   * Learns concepts.
   *
   * @param features [any][d] of training pictures
   * @param concepts of each; empty for unknown, which are passed over
   */
  public static ConceptProbe learn(double[][] features, List<String> concepts) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    for (int i = 0; i < features.length; i++) {
      if (!concepts.get(i).isEmpty()) {
        double[] unit = unit(features[i]);
        double[] sum = sums.computeIfAbsent(concepts.get(i), name -> new double[unit.length]);
        for (int j = 0; j < sum.length; j++) {
          sum[j] += unit[j];
        }
      }
    }
    return new ConceptProbe(
        new ArrayList<>(sums.keySet()),
        sums.values().stream().map(ConceptProbe::unit).toArray(double[][]::new));
  }

  /** How many concepts it chooses among. */
  public int size() {
    return concepts.size();
  }

  /** Whether training pictures showed a concept. */
  public boolean knows(String concept) {
    return concepts.contains(concept);
  }

  /** The concept that a picture shows most likely. */
  public String best(double[] features) {
    double[] scores = scores(features);
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return concepts.get(best);
  }

  /**
   * The place of a concept among all, best first.
   *
   * @return 1 if it is the best; ties count against it
   * @throws IllegalArgumentException if no training picture showed the concept
   */
  public int rank(double[] features, String concept) {
    int own = concepts.indexOf(concept);
    if (own < 0) {
      throw new IllegalArgumentException("no training picture shows " + concept);
    }
    double[] scores = scores(features);
    int rank = 1;
    for (int i = 0; i < scores.length; i++) {
      rank += i != own && scores[i] >= scores[own] ? 1 : 0;
    }
    return rank;
  }

  private double[] scores(double[] features) {
    double[] scores = new double[directions.length];
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < features.length; j++) {
        scores[i] += directions[i][j] * features[j];
      }
    }
    return scores;
  }

  private static double[] unit(double[] vector) {
    double squares = 0;
    for (double value : vector) {
      squares += value * value;
    }
    double[] unit = vector.clone();
    if (squares > 0) {
      for (int i = 0; i < unit.length; i++) {
        unit[i] /= Math.sqrt(squares);
      }
    }
    return unit;
  }
}
