package dev.tessera.transformer.evaluation.feature;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tribuo.Model;
import org.tribuo.classification.Label;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.multilabel.MultiLabel;
import org.tribuo.multilabel.MultiLabelFactory;
import org.tribuo.multilabel.sgd.linear.LinearSGDTrainer;
import org.tribuo.multilabel.sgd.objectives.BinaryCrossEntropy;

/**
 * Tells which words the caption of a picture probably has, where captions are all that is known of
 * pictures: Tribuo's linear multi-label classifier over whole descriptors.
 */
public final class WordProbe {
  /** A word of fewer training captions cannot be learned. */
  private static final int RAREST = 5;

  /** A word of more training captions than this share tells nothing. */
  private static final double COMMONEST = 0.5;

  private static final int MOST_WORDS = 200;
  private static final int EPOCHS = 10;

  private final Model<MultiLabel> model;
  private final FeatureExamples examples;
  private final List<String> words;

  private WordProbe(Model<MultiLabel> model, FeatureExamples examples, List<String> words) {
    this.model = model;
    this.examples = examples;
    this.words = words;
  }

  /**
   * Learns words.
   *
   * @param descriptors [any][D] of training pictures
   * @param captions of each; empty for none
   * @param seed of the order of the pictures
   * @return nothing if no word is frequent enough
   */
  public static Optional<WordProbe> learn(
      double[][] descriptors, List<String> captions, long seed) {
    List<String> words = vocabulary(captions);
    if (words.isEmpty()) {
      return Optional.empty();
    }
    List<double[]> known = new ArrayList<>();
    List<MultiLabel> labels = new ArrayList<>();
    for (int i = 0; i < descriptors.length; i++) {
      Set<String> own = known(captions.get(i), words);
      if (!own.isEmpty()) {
        known.add(descriptors[i]);
        labels.add(new MultiLabel(own.stream().map(Label::new).collect(Collectors.toSet())));
      }
    }
    FeatureExamples examples = new FeatureExamples(descriptors[0].length);
    LinearSGDTrainer trainer =
        new LinearSGDTrainer(new BinaryCrossEntropy(), new AdaGrad(1, 0.1), EPOCHS, seed);
    return Optional.of(
        new WordProbe(
            trainer.train(
                examples.dataset(new MultiLabelFactory(), known.toArray(double[][]::new), labels)),
            examples,
            words));
  }

  /** The words that can be learned, the most frequent first. */
  private static List<String> vocabulary(List<String> captions) {
    Map<String, Integer> counts = new TreeMap<>();
    for (String caption : captions) {
      new LinkedHashSet<>(PictureLabels.words(caption))
          .forEach(word -> counts.merge(word, 1, Integer::sum));
    }
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() >= RAREST)
        .filter(entry -> entry.getValue() <= COMMONEST * captions.size())
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(MOST_WORDS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Set<String> known(String caption, List<String> words) {
    Set<String> own = new LinkedHashSet<>(PictureLabels.words(caption));
    own.retainAll(words);
    return own;
  }

  /** How many words it knows. */
  public int size() {
    return words.size();
  }

  /** Whether it knows a word of a caption. */
  public boolean knows(String caption) {
    return !known(caption, words).isEmpty();
  }

  /**
   * The share of a caption's n known words that are among the n likeliest of a picture.
   *
   * @param caption with at least one known word
   */
  public double found(double[] descriptor, String caption) {
    Map<String, MultiLabel> outputs =
        model
            .predict(examples.example(descriptor, new MultiLabelFactory().getUnknownOutput()))
            .getOutputScores();
    Map<String, Double> scores = new TreeMap<>();
    for (String word : words) {
      MultiLabel output = Objects.requireNonNull(outputs.get(word), word);
      scores.put(word, output.getLabelScore(new Label(word)).orElseThrow());
    }
    return share(
        words.stream()
            .sorted(Comparator.comparingDouble(word -> -scores.getOrDefault(word, 0.0)))
            .toList(),
        caption);
  }

  /** The same for whoever does not look at the picture and names the most frequent words. */
  public double guessed(String caption) {
    return share(words, caption);
  }

  private double share(List<String> ordered, String caption) {
    Set<String> own = known(caption, words);
    long right = ordered.stream().limit(own.size()).filter(own::contains).count();
    return (double) right / own.size();
  }
}
