package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.evaluation.classifier.PictureClassifier;
import dev.tessera.transformer.evaluation.feature.Softening;
import dev.tessera.transformer.evaluation.feature.StyleDescriptor;
import dev.tessera.transformer.evaluation.feature.StyleProbe;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Names the style of a picture by the product of two opinions: that of a {@link StyleProbe} over
 * palette, sharpness and reach, which knows the real pictures best, and that of a {@link
 * PictureClassifier}, which sees shapes, too, and is misled less by what codecs leave of a picture.
 * Both learn from real pictures and from {@linkplain Softening softened} ones, and from none that a
 * model has touched.
 *
 * <p>Not thread-safe.
 */
final class StyleJudge implements AutoCloseable {
  private static final int PASSES = 15;

  /** More would take longer and change little. */
  private static final int MOST_STEPS = 1500;

  private static final Augmentation AUGMENTATION = new Augmentation(2, true, 1, 0, 0);

  private final StyleProbe probe;
  private final PictureClassifier network;

  private StyleJudge(StyleProbe probe, PictureClassifier network) {
    this.probe = probe;
    this.network = network;
  }

  /**
   * Learns styles.
   *
   * @param pictures of one size
   * @param styles of each; empty for unknown, which are passed over
   * @param seed of everything drawn
   * @return nothing if there are fewer than two styles
   */
  static Optional<StyleJudge> learn(
      List<Rgb> pictures, List<String> styles, long seed, PictureClassifier.Progress progress) {
    List<Rgb> known = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<double[]> descriptors = new ArrayList<>();
    List<String> twice = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      String style = styles.get(i);
      if (!style.isEmpty()) {
        Rgb picture = pictures.get(i);
        known.add(picture);
        names.add(style);
        descriptors.add(StyleDescriptor.of(picture));
        CounterRandom random = new CounterRandom(seed, "softening", i);
        descriptors.add(StyleDescriptor.of(Softening.of(picture, random)));
        twice.add(style);
        twice.add(style);
      }
    }
    int steps = Math.max(1, Math.min(MOST_STEPS, PASSES * known.size() / PictureClassifier.BATCH));
    return StyleProbe.learn(descriptors.toArray(double[][]::new), twice, seed)
        .map(
            probe ->
                new StyleJudge(
                    probe,
                    PictureClassifier.learn(
                        known,
                        names,
                        new PictureClassifier.Recipe(steps, AUGMENTATION),
                        seed,
                        Execution.best(),
                        progress)));
  }

  /** Whether a training picture had a style. */
  boolean knows(String style) {
    return probe.styles().contains(style);
  }

  /**
   * How probable each style is.
   *
   * @param pictures of the size learned from
   * @return [pictures][styles], each row summing to 1
   */
  double[][] look(List<Rgb> pictures) {
    double[][] seen = network.probabilities(pictures);
    for (int i = 0; i < seen.length; i++) {
      double[] read = probe.probabilities(StyleDescriptor.of(pictures.get(i)));
      double sum = 0;
      for (int style = 0; style < read.length; style++) {
        seen[i][style] *= read[style];
        sum += seen[i][style];
      }
      for (int style = 0; style < read.length; style++) {
        // Two that exclude each other's every answer leave that of the probe.
        seen[i][style] = sum > 0 ? seen[i][style] / sum : read[style];
      }
    }
    return seen;
  }

  /** The most probable style. */
  String best(double[] probabilities) {
    return probe.best(probabilities);
  }

  /**
   * What answers are worth.
   *
   * @param probabilities of {@link #look}, at least one
   * @param truth the style of each, all {@linkplain #knows known}
   */
  StyleProbe.Report report(double[][] probabilities, List<String> truth) {
    return probe.report(probabilities, truth);
  }

  @Override
  public void close() {
    network.close();
  }
}
