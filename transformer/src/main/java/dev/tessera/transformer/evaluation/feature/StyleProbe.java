package dev.tessera.transformer.evaluation.feature;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tribuo.Model;
import org.tribuo.Prediction;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.evaluation.LabelEvaluation;
import org.tribuo.classification.evaluation.LabelEvaluator;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.optimisers.AdaGrad;

/**
 * Names the style of a picture: Tribuo's multinomial logistic regression over descriptors of style,
 * usually those of {@link StyleDescriptor}.
 */
public final class StyleProbe {
  private static final int EPOCHS = 10;

  private final Model<Label> model;
  private final FeatureExamples examples;
  private final List<String> styles;

  private StyleProbe(Model<Label> model, FeatureExamples examples) {
    this.model = model;
    this.examples = examples;
    this.styles =
        model.getOutputIDInfo().getDomain().stream().map(Label::getLabel).sorted().toList();
  }

  /**
   * What was said of pictures whose style is known or was asked for.
   *
   * @param pictures judged
   * @param accuracy share of right answers
   * @param macroF1 harmonic mean of precision and recall, averaged over the styles
   * @param confusion for each style, how often which was the answer
   */
  public record Report(
      int pictures, double accuracy, double macroF1, Map<String, Map<String, Integer>> confusion) {}

  /**
   * Learns styles.
   *
   * @param descriptors [any][D] of training pictures
   * @param styles of each; empty for unknown, which are passed over
   * @param seed of the order of the pictures
   * @return nothing if there are fewer than two styles
   */
  public static Optional<StyleProbe> learn(double[][] descriptors, List<String> styles, long seed) {
    List<double[]> known = new ArrayList<>();
    List<Label> labels = new ArrayList<>();
    for (int i = 0; i < descriptors.length; i++) {
      if (!styles.get(i).isEmpty()) {
        known.add(descriptors[i]);
        labels.add(new Label(styles.get(i)));
      }
    }
    if (new HashSet<>(labels).size() < 2) {
      return Optional.empty();
    }
    FeatureExamples examples = new FeatureExamples(known.get(0).length);
    LinearSGDTrainer trainer =
        new LinearSGDTrainer(new LogMulticlass(), new AdaGrad(1, 0.1), EPOCHS, seed);
    return Optional.of(
        new StyleProbe(
            trainer.train(
                examples.dataset(new LabelFactory(), known.toArray(double[][]::new), labels)),
            examples));
  }

  /** What it chooses among, in alphabetical order. */
  public List<String> styles() {
    return styles;
  }

  /**
   * How probable each style is.
   *
   * @param descriptor of a picture
   * @return [styles], summing to 1
   */
  public double[] probabilities(double[] descriptor) {
    Map<String, Label> scores =
        model.predict(examples.example(descriptor, LabelFactory.UNKNOWN_LABEL)).getOutputScores();
    return styles.stream()
        .mapToDouble(style -> Objects.requireNonNull(scores.get(style), style).getScore())
        .toArray();
  }

  /** The most probable of the styles. */
  public String best(double[] probabilities) {
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return styles.get(best);
  }

  /**
   * What answers are worth, by Tribuo's report.
   *
   * @param probabilities [any, at least 1][styles], whoever found them
   * @param truth the style of each, all known to the probe
   */
  public Report report(double[][] probabilities, List<String> truth) {
    List<Prediction<Label>> answers = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      answers.add(answer(probabilities[i], truth.get(i)));
    }
    LabelEvaluation evaluation =
        new LabelEvaluator().evaluate(model, answers, model.getProvenance().getDatasetProvenance());
    Map<String, Map<String, Integer>> confusion = new LinkedHashMap<>();
    for (String right : styles) {
      Map<String, Integer> seen = new LinkedHashMap<>();
      for (String answer : styles) {
        seen.put(
            answer,
            (int) evaluation.getConfusionMatrix().confusion(new Label(answer), new Label(right)));
      }
      confusion.put(right, seen);
    }
    return new Report(
        probabilities.length, evaluation.accuracy(), evaluation.macroAveragedF1(), confusion);
  }

  private Prediction<Label> answer(double[] probabilities, String truth) {
    Map<String, Label> scores = new LinkedHashMap<>();
    for (int i = 0; i < probabilities.length; i++) {
      scores.put(styles.get(i), new Label(styles.get(i), probabilities[i]));
    }
    Label best = new Label(best(probabilities));
    return new Prediction<>(best, scores, 0, new ArrayExample<>(new Label(truth)), true);
  }
}
