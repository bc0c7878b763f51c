package dev.tessera.transformer.evaluation.feature;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tribuo.Model;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.evaluation.LabelEvaluation;
import org.tribuo.classification.evaluation.LabelEvaluator;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.math.optimisers.AdaGrad;

/**
 * Names the style of a picture: Tribuo's multinomial logistic regression over descriptors of style,
 * usually those of {@link StyleDescriptor}.
 */
public final class StyleProbe {
  private static final int EPOCHS = 10;

  private final Model<Label> model;
  private final FeatureExamples examples;

  private StyleProbe(Model<Label> model, FeatureExamples examples) {
    this.model = model;
    this.examples = examples;
  }

  /**
   * What the probe said of pictures whose style is known or was asked for.
   *
   * @param pictures judged
   * @param accuracy share of right answers
   * @param macroF1 harmonic mean of precision and recall, averaged over the styles
   * @param confusion for each style, how often the probe answered which
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

  /** Whether a training picture had a style. */
  public boolean knows(String style) {
    return model.getOutputIDInfo().getDomain().contains(new Label(style));
  }

  /** How many styles it chooses among. */
  public int size() {
    return model.getOutputIDInfo().size();
  }

  /** The style of a picture. */
  public String best(double[] descriptor) {
    return model
        .predict(examples.example(descriptor, LabelFactory.UNKNOWN_LABEL))
        .getOutput()
        .getLabel();
  }

  /**
   * Judges pictures, by Tribuo's report.
   *
   * @param descriptors [any, at least 1][D]
   * @param styles of each, all known to the probe
   */
  public Report judge(double[][] descriptors, List<String> styles) {
    LabelEvaluation evaluation =
        new LabelEvaluator()
            .evaluate(
                model,
                examples.dataset(
                    new LabelFactory(), descriptors, styles.stream().map(Label::new).toList()));
    List<String> names =
        model.getOutputIDInfo().getDomain().stream().map(Label::getLabel).sorted().toList();
    Map<String, Map<String, Integer>> confusion = new LinkedHashMap<>();
    for (String truth : names) {
      Map<String, Integer> answers = new LinkedHashMap<>();
      for (String answer : names) {
        answers.put(
            answer,
            (int) evaluation.getConfusionMatrix().confusion(new Label(answer), new Label(truth)));
      }
      confusion.put(truth, answers);
    }
    return new Report(
        descriptors.length, evaluation.accuracy(), evaluation.macroAveragedF1(), confusion);
  }
}
