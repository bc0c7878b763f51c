package dev.tessera.transformer.ranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Budget;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.StepReport;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankerTrainingTest {
  private static final Bundle MODEL = ColouredPairs.model();
  private static final Bpe TOKENIZER = MODEL.stage2().orElseThrow().tokenizer();
  private static final RankerConfig CONFIG = ColouredPairs.config(MODEL);

  private static final int STEPS = 100;

  @TempDir private Path folder;

  /** What a short training gives. */
  private record Trained(TensorMap weights, List<StepReport> reports) {}

  private Trained train(long seed, int steps, int batch) throws IOException {
    List<StepReport> reports = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void step(StepReport report) {
            reports.add(report);
          }
        };
    PreparedPictures pictures = ColouredPairs.prepared(folder);
    try (PictureCodec codec = ColouredPairs.codec(MODEL);
        TrainingLoop loop =
            new RankerTraining(
                    CONFIG,
                    ColouredPairs.training(batch),
                    pictures,
                    TOKENIZER,
                    codec,
                    seed,
                    Execution.fused())
                .loop(
                    new byte[0],
                    new Checkpoints(folder.resolve("checkpoints" + seed + batch), 1),
                    listener)) {
      assertThat(loop.run(new Budget.Steps(steps), () -> false)).isTrue();
      return new Trained(loop.lastWeights(), reports);
    }
  }

  @Test
  void afterAFewStepsTruePairsScoreAboveShuffledOnes() throws IOException {
    Trained trained = train(1, STEPS, 16);
    try (Ranker ranker =
        new Ranker(CONFIG, new ParameterStore(trained.weights()), Execution::fused)) {
      List<Rgb> pictures = new ArrayList<>();
      List<int[]> texts = new ArrayList<>();
      for (int colour = 0; colour < ColouredPairs.NAMES.size(); colour++) {
        pictures.add(ColouredPairs.picture(colour, 9)); // a shade that it has not seen
        texts.add(TOKENIZER.encode(ColouredPairs.NAMES.get(colour)));
      }
      float[][] ofPictures = ranker.pictures(pictures);
      float[][] ofTexts = ranker.texts(texts);
      for (int i = 0; i < ofPictures.length; i++) {
        double own = Ranker.score(ofPictures[i], ofTexts[i]);
        assertThat(own).isBetween(-1.0001, 1.0001);
        for (int j = 0; j < ofPictures.length; j++) {
          if (j != i) {
            assertThat(own)
                .as("%s of text %s", ColouredPairs.NAMES.get(i), ColouredPairs.NAMES.get(j))
                .isGreaterThan(Ranker.score(ofPictures[i], ofTexts[j]));
          }
        }
      }
    }
    double first = trained.reports().get(0).loss();
    // At first all are about as likely: more than the aimed-at share of pairs with one caption.
    assertThat(first).isBetween(1.5, 4.0);
    assertThat(trained.reports().get(STEPS - 1).loss()).isLessThan(0.6 * first);
    assertThat(trained.reports().get(STEPS - 1).measures()).containsKey("scale");
  }

  @Test
  void theSameSeedLearnsTheSameToTheBit() throws IOException {
    TensorMap first = train(3, 3, 6).weights();
    TensorMap second = train(3, 3, 6).weights();
    for (String name : first.names()) {
      assertThat(second.get(name).data()).isEqualTo(first.get(name).data());
    }
    assertThat(train(4, 3, 6).weights().get("text/out/weight").data())
        .isNotEqualTo(first.get("text/out/weight").data());
  }

  @Test
  void aScoreDoesNotDependOnWhatElseIsAskedFor() throws IOException {
    ParameterStore store = new ParameterStore(train(1, 2, 8).weights());
    try (Ranker ranker = new Ranker(CONFIG, store, Execution::fused)) {
      List<Rgb> many = new ArrayList<>();
      List<int[]> texts = new ArrayList<>();
      for (int i = 0; i < 70; i++) {
        many.add(ColouredPairs.picture(i % 8, i % 5));
        texts.add(TOKENIZER.encode(ColouredPairs.NAMES.get(i % 8)));
      }
      for (int i : new int[] {0, 17, 69}) {
        assertThat(ranker.pictures(List.of(many.get(i)))[0]).isEqualTo(ranker.pictures(many)[i]);
        assertThat(ranker.texts(List.of(texts.get(i)))[0]).isEqualTo(ranker.texts(texts)[i]);
      }
    }
  }

  @Test
  void longTextsAreCutAndTheirEndFillsTheRest() {
    int[] slots = new int[8];
    int end = TOKENIZER.endOfText();
    CONFIG.write(new int[] {5, 6}, slots, 0);
    assertThat(slots).containsExactly(5, 6, end, end, end, end, end, end);
    CONFIG.write(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, slots, 0);
    assertThat(slots).containsExactly(1, 2, 3, 4, 5, 6, 7, end);
  }

  @Test
  void heldOutPicturesAreSoughtByTheirCaptions() throws IOException {
    PreparedPictures pictures = ColouredPairs.prepared(folder);
    try (PictureCodec codec = ColouredPairs.codec(MODEL)) {
      RankerTraining training =
          new RankerTraining(
              CONFIG, ColouredPairs.training(4), pictures, TOKENIZER, codec, 1, Execution.fused());
      TrainingLoop.Evaluation evaluation;
      try (TrainingLoop loop =
          training.loop(new byte[0], new Checkpoints(folder, 1), new TrainingListener() {})) {
        assertThat(loop.steps()).isZero();
        evaluation = training.evaluate(0);
      }
      assertThat(evaluation.measures())
          .containsOnlyKeys("heldOutPictureAt1", "heldOutPictureAt5", "heldOutLoss");
      assertThat(evaluation.loss())
          .isEqualTo(Objects.requireNonNull(evaluation.measures().get("heldOutLoss")))
          .isCloseTo(Math.log(pictures.heldOut().length), within(1.5));
    }
  }

  @Test
  void picturesWithoutCaptionsAreNothingToLearnFrom() throws IOException {
    for (int i = 0; i < 3; i++) {
      Png.write(folder.resolve("plain/" + i + ".png"), ColouredPairs.picture(i, 0));
    }
    PreparedPictures plain =
        PreparedPictures.prepare(
            PictureSource.parse(folder.resolve("plain").toString()),
            PictureConfig.square(16),
            folder.resolve("cache"),
            new PrepareOptions(0, 0, 0),
            PrepareListener.NONE);
    RankerTrainingConfig training = ColouredPairs.training(4);
    try (PictureCodec codec = ColouredPairs.codec(MODEL)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new RankerTraining(
                      CONFIG, training, plain, TOKENIZER, codec, 1, Execution.fused()))
          .withMessageContaining("caption");
    }
  }

  @Test
  void configurationsOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ColouredPairs.training(1))
        .withMessageContainingAll("batch", "1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RankerConfig(15, 16, 280, 8, 8, 16, 1, 2, 16))
        .withMessageContainingAll("picture height", "15");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RankerConfig(16, 16, 280, 8, 8, 16, 1, 3, 16))
        .withMessageContainingAll("heads", "3", "16");
  }
}
