package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSample;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Likelihood;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.transformer.evaluation.classifier.PictureClassifier;
import dev.tessera.transformer.evaluation.feature.PictureLabels;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.vqvae.data.EvenlySpaced;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a model of classes has learned, as a {@link PictureClassifier} sees it: whether its samples
 * are recognised as what was asked for, whether they would do in place of real pictures to learn
 * the classes from (Ravuri and Vinyals, <i>Classification accuracy score for conditional generative
 * models</i>, NeurIPS 2019), and whether the model itself tells real pictures apart by how probable
 * each class's caption is given the picture.
 *
 * @param classes to choose among
 * @param tests real pictures, which neither the model nor a classifier has learned from
 * @param real share of them that a classifier names rightly which has learned from real pictures
 * @param samples of the model, as many of each class
 * @param recognised share of them that the same classifier names as the class asked for, by class
 * @param fromSamples share of the real pictures that a classifier names rightly which has learned
 *     from the samples alone
 * @param asked real pictures that the model was asked about
 * @param byLikelihood share of them whose class has the most probable caption
 */
public record ClassEvaluation(
    int classes,
    int tests,
    double real,
    int samples,
    Map<String, Double> recognised,
    double fromSamples,
    int asked,
    double byLikelihood) {
  private static final int ROWS = 32;

  /**
   * How much is measured.
   *
   * @param training real pictures that the classifier learns from at most
   * @param perClass samples of each class, at least 1
   * @param asked real pictures that the model is asked about at most
   * @param steps of learning, for each classifier
   * @param sampling of pictures; its seed is that of everything drawn
   */
  public record Settings(
      int training, int perClass, int asked, int steps, SamplingOptions sampling) {
    public Settings {
      if (training < 2 || perClass < 1 || asked < 1) {
        throw new IllegalArgumentException(
            String.format(
                "%d training pictures, %d samples of a class and %d questions, but must be at least"
                    + " 2, 1 and 1",
                training, perClass, asked));
      }
    }

    private PictureClassifier.Recipe recipe() {
      return new PictureClassifier.Recipe(steps, new Augmentation(2, false, 1, 0, 0));
    }
  }

  /** Real pictures and the class of each. */
  private record Labelled(List<Rgb> pictures, List<String> classes) {
    static Labelled of(PreparedPictures set, int[] which, PictureLabels labels) {
      Labelled labelled = new Labelled(new ArrayList<>(), new ArrayList<>());
      for (int picture : which) {
        String name = labels.concept(set.entry(picture));
        if (!name.isEmpty()) {
          labelled.pictures.add(set.picture(picture));
          labelled.classes.add(name);
        }
      }
      return labelled;
    }

    int size() {
      return classes.size();
    }

    Labelled some(int most) {
      int[] which = EvenlySpaced.indices(size(), most);
      Labelled some = new Labelled(new ArrayList<>(), new ArrayList<>());
      for (int i : which) {
        some.pictures.add(pictures.get(i));
        some.classes.add(classes.get(i));
      }
      return some;
    }
  }

  /**
   * Measures a model.
   *
   * @param pictures whose training pictures a classifier learns from; their captions are the
   *     classes
   * @param apart a set of the same size all of whose pictures are the tests, none of them among
   *     those that the model or a classifier learns from; without one, the tests are the held-out
   *     ones of {@code pictures}
   * @throws IllegalArgumentException if the model has no stage 2, there are fewer than two classes,
   *     no tests, or tests of a class that no training picture has
   */
  public static ClassEvaluation of(
      Bundle bundle,
      PreparedPictures pictures,
      Optional<PreparedPictures> apart,
      Settings settings,
      EvaluationListener listener) {
    Bundle.Stage2 stage2 =
        bundle
            .stage2()
            .orElseThrow(() -> new IllegalArgumentException("the model has stage 1 only"));
    PictureLabels labels = PictureLabels.of(pictures);
    Labelled known =
        Labelled.of(pictures, EvenlySpaced.of(pictures.training(), settings.training()), labels);
    Labelled tests =
        apart
            .map(set -> Labelled.of(set, IntStream.range(0, set.size()).toArray(), labels))
            .orElseGet(() -> Labelled.of(pictures, pictures.heldOut(), labels));
    List<String> names = known.classes().stream().distinct().sorted().toList();
    if (names.size() < 2 || tests.size() == 0) {
      throw new IllegalArgumentException(
          String.format(
              "the source has %d classes and there are %d pictures to test on, but measuring takes"
                  + " 2 classes and a picture at least",
              names.size(), tests.size()));
    }
    tests.classes().stream()
        .filter(name -> !names.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  String.format(
                      "a picture to test on is of the class \"%s\", but no training picture is",
                      name));
            });
    try (PictureCodec codec =
            new PictureCodec(
                bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), Execution.best());
        IncrementalDecoder decoder =
            new IncrementalDecoder(
                stage2.config(),
                TransformerWeights.read(stage2.config(), stage2.weights()),
                ROWS,
                WeightFormat.best())) {
      Labelled samples = samples(stage2, decoder, codec, names, settings, listener);
      Labelled asked = tests.some(settings.asked());
      double byLikelihood = byLikelihood(stage2, decoder, codec, names, asked, listener);
      double real;
      Map<String, Double> recognised;
      try (PictureClassifier judge =
          classifier("learning from real pictures", known, settings, listener)) {
        real = accuracy(judge, tests);
        recognised = byClass(judge, samples);
      }
      double fromSamples;
      try (PictureClassifier pupil =
          classifier("learning from samples", samples, settings, listener)) {
        fromSamples = accuracy(pupil, tests);
      }
      return new ClassEvaluation(
          names.size(),
          tests.size(),
          real,
          samples.size(),
          recognised,
          fromSamples,
          asked.size(),
          byLikelihood);
    }
  }

  /** Share of all samples that are recognised. */
  public double recognisedShare() {
    return recognised.values().stream().mapToDouble(share -> share).average().orElseThrow();
  }

  private static PictureClassifier classifier(
      String phase, Labelled from, Settings settings, EvaluationListener listener) {
    return PictureClassifier.learn(
        from.pictures(),
        from.classes(),
        settings.recipe(),
        settings.sampling().seed(),
        Execution.best(),
        (step, steps) -> listener.progress(phase, step, steps));
  }

  private static Labelled samples(
      Bundle.Stage2 stage2,
      IncrementalDecoder decoder,
      PictureCodec codec,
      List<String> names,
      Settings settings,
      EvaluationListener listener) {
    List<ImagePrompt> prompts = new ArrayList<>();
    List<String> classes = new ArrayList<>();
    for (String name : names) {
      int[] text = stage2.tokenizer().encode(name);
      for (int i = 0; i < settings.perClass(); i++) {
        prompts.add(ImagePrompt.text(text, prompts.size()));
        classes.add(name);
      }
    }
    List<ImageSample> tokens =
        new ImageSampler(decoder)
            .sample(
                prompts,
                settings.sampling(),
                (done, total) -> listener.progress("sampling", done, total),
                () -> false);
    return new Labelled(
        codec.decode(tokens.stream().map(ImageSample::codes).toArray(int[][]::new)), classes);
  }

  private static double byLikelihood(
      Bundle.Stage2 stage2,
      IncrementalDecoder decoder,
      PictureCodec codec,
      List<String> names,
      Labelled asked,
      EvaluationListener listener) {
    int[][] codes = codec.encode(asked.size(), asked.pictures()::get);
    List<int[]> texts = names.stream().map(stage2.tokenizer()::encode).toList();
    Likelihood likelihood = new Likelihood(decoder);
    int right = 0;
    for (int i = 0; i < codes.length; i++) {
      listener.progress("naming by likelihood", i, codes.length);
      int[] picture = codes[i];
      List<Likelihood.Score> scores =
          likelihood.score(
              texts.stream().map(text -> new Likelihood.Pair(text, picture)).toList(),
              Direction.REVERSE);
      int best = 0;
      for (int name = 1; name < scores.size(); name++) {
        best = scores.get(name).text() > scores.get(best).text() ? name : best;
      }
      right += names.get(best).equals(asked.classes().get(i)) ? 1 : 0;
    }
    listener.progress("naming by likelihood", codes.length, codes.length);
    return (double) right / codes.length;
  }

  private static double accuracy(PictureClassifier classifier, Labelled tests) {
    List<String> answers = classifier.best(tests.pictures());
    int right = 0;
    for (int i = 0; i < answers.size(); i++) {
      right += answers.get(i).equals(tests.classes().get(i)) ? 1 : 0;
    }
    return (double) right / answers.size();
  }

  /** Of each class the share that is recognised; there are as many samples of each. */
  private static Map<String, Double> byClass(PictureClassifier judge, Labelled samples) {
    List<String> answers = judge.best(samples.pictures());
    Map<String, Double> recognised = new LinkedHashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      String name = samples.classes().get(i);
      recognised.merge(name, answers.get(i).equals(name) ? 1.0 : 0.0, Double::sum);
    }
    double perClass = (double) samples.size() / recognised.size();
    recognised.replaceAll((name, hits) -> hits / perClass);
    return recognised;
  }
}
