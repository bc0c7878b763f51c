package dev.tessera.transformer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.TinyModel;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelEvaluationTest {
  private static final int PICTURES = 48;
  private static final List<String> COLOURS = List.of("red", "green", "blue");
  private static final EvaluationSettings SMALL =
      new EvaluationSettings(
          8, 100, 4, 2, 4, 3, 20, 1, EvaluationSettings.DEFAULT.sampling().withSeed(3));

  @TempDir private Path folder;

  @Test
  void captionsThatRepeatAreConceptsAndAllIsMeasured() throws IOException {
    ModelReport report = report(TinyModel.decided(PICTURES), "%s");

    assertThat(report.sections())
        .extracting(Section::key)
        .containsExactly(
            "data",
            "reconstruction",
            "likelihood",
            "captions",
            "retrieval",
            "composition",
            "variety",
            "memorisation",
            "codebook",
            ModelEvaluation.SPEED);
    Figure concept = figure(report, "composition", "sampleConceptAt1");
    assertThat(concept.chance()).hasValue(1.0 / 3);
    // Real pictures of three plain colours are told apart.
    assertThat(concept.real()).hasValue(1);
    assertThat(figure(report, "data", "measured").value()).isEqualTo(8);
    assertThat(figure(report, "retrieval", "captionAt1").chance()).hasValue(1.0 / 3);
    assertThat(report.gallery().samples()).hasSize(8);
    assertThat(report.gallery().captions()).hasSize(4);
    assertThat(report.gallery().copies()).isNotEmpty();
    assertThat(report.gallery().realCopies())
        .isSortedAccordingTo((a, b) -> Double.compare(a.pixelDistance(), b.pixelDistance()));
  }

  @Test
  void aRankerAnswersTheQuestionsThatLikelihoodAnswers() throws IOException {
    ModelReport report = report(TinyModel.ranked(TinyModel.decided(PICTURES)), "%s");

    for (String key : new String[] {"rankerCaptionAt1", "rankerPictureAt1"}) {
      Figure figure = figure(report, "retrieval", key);
      assertThat(figure.chance()).isEqualTo(figure(report, "retrieval", "captionAt1").chance());
      assertThat(figure.value()).isBetween(0.0, 1.0);
      assertThat(figure.definition()).contains("the ranker's score");
    }
    assertThat(figure(report, ModelEvaluation.SPEED, "rankerParameters").value()).isPositive();
  }

  @Test
  void theBestOfSeveralSamplesIsJudgedBesideTheFirst() throws IOException {
    Bundle bundle = TinyModel.ranked(TinyModel.decided(PICTURES));
    PictureJudge judge = PictureJudge.learn(pictures("%s"), SMALL, EvaluationListener.NONE);
    ModelReport first = ModelEvaluation.of(bundle, source(), judge, SMALL, EvaluationListener.NONE);
    ModelReport chosen =
        ModelEvaluation.of(bundle, source(), judge, SMALL.withRerank(3), EvaluationListener.NONE);

    // What is said of the first samples is the same with and without others to choose from.
    assertThat(figure(chosen, "composition", "sampleConceptAt1"))
        .isEqualTo(figure(first, "composition", "sampleConceptAt1"));
    assertThat(figure(chosen, "composition", "allChosenConceptAt1").definition())
        .contains("the best of 3 by likelihood, ranker");
    assertThat(figure(chosen, "composition", "rankerChosenConceptAt1").definition())
        .contains("the best of 3 by the ranker");
    assertThat(figure(chosen, "composition", "likelihoodChosenConceptAt1").definition())
        .contains("the best of 3 by the captions' likelihood");
    assertThat(first.sections().stream().flatMap(section -> section.figures().stream()))
        .noneMatch(figure -> figure.key().contains("hosen"));
    assertThat(figure(chosen, "chosenCaptions", "exact").definition())
        .contains("how well the ranker finds that they fit");
    assertThat(figure(chosen, "captions", "exact")).isEqualTo(figure(first, "captions", "exact"));
    assertThat(first.sections()).noneMatch(section -> section.key().equals("chosenCaptions"));
  }

  @Test
  void captionsThatDoNotRepeatAreHeldToTheirWords() throws IOException {
    ModelReport report = report(TinyModel.decided(PICTURES), "%s thing number %d");

    Figure words = figure(report, "composition", "sampleWords");
    assertThat(words.real().orElseThrow()).isGreaterThan(words.chance().orElseThrow());
  }

  @Test
  void theSameSeedGivesTheSameFigures() throws IOException {
    ModelReport first = report(TinyModel.decided(PICTURES), "%s");
    ModelReport second = report(TinyModel.decided(PICTURES), "%s");

    assertThat(withoutSpeed(second)).isEqualTo(withoutSpeed(first));
  }

  @Test
  void aModelOfStageOneIsMeasuredByItsReconstructions() throws IOException {
    Bundle whole = TinyModel.bundle(PICTURES);
    Bundle stage1 =
        new Bundle(
            whole.vqvae(),
            whole.vqvaeWeights(),
            Optional.empty(),
            whole.provenance(),
            whole.preview());
    ModelReport report = report(stage1, "%s");

    assertThat(report.sections())
        .extracting(Section::key)
        .containsExactly("data", "reconstruction");
    assertThat(report.gallery().reconstructions()).hasSize(8);
    assertThat(report.gallery().samples()).isEmpty();
  }

  @Test
  void aModelWithoutCaptionsIsAskedForNone() throws IOException {
    ModelReport report = report(TinyModel.decided(0), "%s");

    assertThat(report.sections())
        .extracting(Section::key)
        .doesNotContain("captions", "retrieval", "composition")
        .contains("variety", "memorisation");
    assertThat(report.gallery().samples()).allMatch(sample -> sample.prompt().isEmpty());
  }

  @Test
  void copiesOfTrainingPicturesAreCounted() throws IOException {
    PictureJudge judge = PictureJudge.learn(pictures("%s"), SMALL, EvaluationListener.NONE);
    List<Rgb> copies = Arrays.stream(judge.training()).mapToObj(judge.pictures()::picture).toList();
    Memorisation real = Memorisation.of(judge, judge.real(), EvaluationListener.NONE);
    Memorisation copied = Memorisation.of(judge, judge.look(copies), EvaluationListener.NONE);

    Figure figure = copied.figures(real, judge.space().name(), copies.size()).get(0);
    assertThat(figure.key()).isEqualTo("copiesByPixels");
    assertThat(figure.value()).isEqualTo(1);
    Figure distance = copied.figures(real, judge.space().name(), copies.size()).get(1);
    assertThat(distance.value()).isZero();
    assertThat(distance.real().orElseThrow()).isPositive();
  }

  @Test
  void aJudgeOfAnotherSizeIsRefused() throws IOException {
    PictureJudge judge =
        PictureJudge.learn(prepared("%s", PictureConfig.square(8)), SMALL, EvaluationListener.NONE);
    Bundle model = TinyModel.bundle(PICTURES);
    PictureSource source = source();
    assertThatThrownBy(
            () -> ModelEvaluation.of(model, source, judge, SMALL, EvaluationListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("height=16");
  }

  private static List<Section> withoutSpeed(ModelReport report) {
    return report.sections().stream()
        .filter(section -> !section.key().equals(ModelEvaluation.SPEED))
        .toList();
  }

  private static Figure figure(ModelReport report, String section, String key) {
    return report.sections().stream()
        .filter(candidate -> candidate.key().equals(section))
        .flatMap(candidate -> candidate.figures().stream())
        .filter(candidate -> candidate.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  private ModelReport report(Bundle bundle, String caption) throws IOException {
    TreeSet<String> phases = new TreeSet<>();
    PictureJudge judge = PictureJudge.learn(pictures(caption), SMALL, EvaluationListener.NONE);
    ModelReport report =
        ModelEvaluation.of(
            bundle, source(), judge, SMALL, (phase, done, total) -> phases.add(phase));
    assertThat(phases).contains("reconstructing");
    return report;
  }

  private PictureSource source() {
    return PictureSource.parse(folder.resolve("pictures").toString());
  }

  private PreparedPictures pictures(String caption) throws IOException {
    return prepared(caption, PictureConfig.square(16));
  }

  /** Squares of shades of three colours. */
  private PreparedPictures prepared(String caption, PictureConfig config) throws IOException {
    for (int i = 0; i < PICTURES; i++) {
      Path file = folder.resolve("pictures/" + i + ".png");
      byte[] pixels = new byte[16 * 16 * 3];
      for (int at = 0; at < 16 * 16; at++) {
        boolean inside = at / 16 > 3 && at % 16 > 3;
        pixels[3 * at + i % 3] = (byte) (inside ? 100 + 3 * i : 0);
      }
      Png.write(file, new Rgb(16, 16, pixels));
      Files.writeString(
          folder.resolve("pictures/" + i + ".txt"), caption.formatted(COLOURS.get(i % 3), i));
    }
    return PreparedPictures.prepare(
        source(),
        config,
        folder.resolve("cache"),
        new PrepareOptions(0, 0.3, 0),
        PrepareListener.NONE);
  }
}
