package dev.tessera.transformer.evaluation.measure;

import java.util.List;
import org.tribuo.util.infotheory.InformationTheory;

/**
 * How much one name tells of another, from how often they occur together, by Tribuo.
 *
 * @param bits of mutual information
 * @param possible bits at most: the entropy of what was asked for
 */
public record SharedInformation(double bits, double possible) {
  /**
   * Counts pairs.
   *
   * @param asked one name for each pair, at least one
   * @param answered the other name of each
   */
  public static SharedInformation of(List<String> asked, List<String> answered) {
    return new SharedInformation(
        InformationTheory.mi(asked, answered), InformationTheory.entropy(asked));
  }
}
