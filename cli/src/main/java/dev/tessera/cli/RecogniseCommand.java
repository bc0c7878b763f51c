package dev.tessera.cli;

import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.evaluation.ClassEvaluation;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PreparedPictures;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a model of classes by a classifier. */
@Command(
    description = {
      "Measure a model whose captions are classes, by small convolutional networks that learn them"
          + " from pictures: real is the share of held-out pictures, or of those of --tests, that"
          + " one named rightly which has learned from real ones; recognised, the share of the"
          + " model's samples that it names as what was asked for.",
      "fromSamples is the share of the same pictures that one names rightly which has learned from"
          + " the samples alone; byLikelihood, the share for which the model itself finds the right"
          + " class's caption the most probable."
    })
final class RecogniseCommand implements Callable<Integer> {
  private static final int TRAINING_PICTURES = 60_000;

  /** Of those in memory. */
  private static final int TRAINING_BYTES = 1 << 30;

  private final Session session;

  @Mixin private final ModelOption model = new ModelOption();
  @Mixin private final MeasureOptions measured = new MeasureOptions();
  @Mixin private final PictureSampling sampling = new PictureSampling();

  @Option(
      names = "--per-class",
      paramLabel = "N",
      defaultValue = "200",
      description = "Samples of each class (default: ${DEFAULT-VALUE}).")
  private int perClass;

  @Option(
      names = "--tests",
      paramLabel = "SOURCE",
      description =
          "Take all pictures of this source in place of the held-out ones, such as the test set"
              + " that comes with a data set: idx:FOLDER@t10k.")
  private @Nullable String tests;

  @Option(
      names = "--asked",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Of the same pictures, those that the model is asked about at most (default:"
              + " ${DEFAULT-VALUE}).")
  private int asked;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "1500",
      description = "Steps that each network learns, of 64 pictures (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(names = "--json", description = "Print one JSON object in place of lines.")
  private boolean json;

  RecogniseCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Bundle bundle = model.bundle();
    Optional<PictureSource> other =
        Optional.ofNullable(tests)
            .map(text -> UsageException.check(() -> PictureSource.parse(text)));
    ClassEvaluation.Settings settings =
        UsageException.check(
            () ->
                new ClassEvaluation.Settings(
                    trainingPictures(bundle), perClass, asked, steps, sampling.options()));
    PreparedPictures pictures = measured.pictures(bundle, session);
    Optional<PreparedPictures> apart =
        other.isPresent()
            ? Optional.of(measured.pictures(other.get(), bundle, session))
            : Optional.empty();
    ClassEvaluation found;
    try (EvaluationBars bars = new EvaluationBars(session, "classes")) {
      found = ClassEvaluation.of(bundle, pictures, apart, settings, bars);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("classes", found.classes());
    figures.put("tests", found.tests());
    figures.put("real", found.real());
    figures.put("samples", found.samples());
    figures.put("recognised", found.recognisedShare());
    found.recognised().forEach((name, share) -> figures.put("recognised:" + name, share));
    figures.put("fromSamples", found.fromSamples());
    figures.put("asked", found.asked());
    figures.put("byLikelihood", found.byLikelihood());
    PrintedFigures.print(figures, json, session);
    return ExitCode.DONE;
  }

  private static int trainingPictures(Bundle bundle) {
    return Math.min(TRAINING_PICTURES, TRAINING_BYTES / bundle.vqvae().picture().bytes());
  }
}
