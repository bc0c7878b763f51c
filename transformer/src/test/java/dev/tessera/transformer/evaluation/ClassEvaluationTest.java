package dev.tessera.transformer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.TinyModel;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.decode.SamplingOptions;
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
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassEvaluationTest {
  private static final int PICTURES = 60;
  private static final ClassEvaluation.Settings SETTINGS =
      new ClassEvaluation.Settings(100, 8, 20, 60, SamplingOptions.DEFAULT);

  @TempDir private Path folder;

  @Test
  void realClassesAreLearnedAndThoseOfAnUntrainedModelAreNot() throws IOException {
    Set<String> phases = new LinkedHashSet<>();
    ClassEvaluation found =
        ClassEvaluation.of(
            TinyModel.bundle(PICTURES),
            pictures(true),
            Optional.empty(),
            SETTINGS,
            (phase, done, total) -> phases.add(phase));

    assertThat(found.classes()).isEqualTo(2);
    assertThat(found.tests()).isBetween(5, 30);
    assertThat(found.real()).isEqualTo(1);
    assertThat(found.samples()).isEqualTo(16);
    assertThat(found.recognised()).containsOnlyKeys("dark", "light");
    // The samples of an untrained model are the same noise for both classes.
    assertThat(found.recognisedShare()).isBetween(0.1, 0.9);
    assertThat(found.asked()).isLessThanOrEqualTo(20);
    assertThat(found.byLikelihood()).isBetween(0.0, 1.0);
    assertThat(phases)
        .containsExactly(
            "sampling",
            "naming by likelihood",
            "learning from real pictures",
            "learning from samples");
  }

  @Test
  void testsApartAreTakenInPlaceOfHeldOutPictures() throws IOException {
    PreparedPictures swapped = pictures("swapped", i -> i % 2 == 0 ? "light" : "dark");
    ClassEvaluation found =
        ClassEvaluation.of(
            TinyModel.bundle(PICTURES),
            pictures(true),
            Optional.of(swapped),
            SETTINGS,
            EvaluationListener.NONE);

    assertThat(found.tests()).isEqualTo(swapped.size());
    // Their captions are the wrong way round, so that what was learned from the others fails.
    assertThat(found.real()).isZero();
    assertThat(found.asked()).isEqualTo(20);
  }

  @Test
  void testsOfAClassThatIsNotLearnedAreRefused() throws IOException {
    PreparedPictures pictures = pictures(true);
    PreparedPictures strange = pictures("strange", i -> i % 2 == 0 ? "dark" : "pale");
    assertThatThrownBy(
            () ->
                ClassEvaluation.of(
                    TinyModel.bundle(PICTURES),
                    pictures,
                    Optional.of(strange),
                    SETTINGS,
                    EvaluationListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"pale\"");
  }

  @Test
  void captionsThatAreNoClassesAreRefused() throws IOException {
    PreparedPictures pictures = pictures(false);
    assertThatThrownBy(
            () ->
                ClassEvaluation.of(
                    TinyModel.bundle(PICTURES),
                    pictures,
                    Optional.empty(),
                    SETTINGS,
                    EvaluationListener.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 classes");
  }

  private PreparedPictures pictures(boolean classes) throws IOException {
    return pictures("pictures", i -> classes ? i % 2 == 0 ? "dark" : "light" : "shade " + i);
  }

  private PreparedPictures pictures(String name, IntFunction<String> caption) throws IOException {
    for (int i = 0; i < PICTURES; i++) {
      boolean dark = i % 2 == 0;
      int level = new CounterRandom(1, "level", i).nextInt(60) + (dark ? 0 : 190);
      Path file = folder.resolve(name + "/" + i + ".png");
      Png.write(file, Rgb.solid(16, 16, level << 16 | i << 8 | level));
      Files.writeString(folder.resolve(name + "/" + i + ".txt"), caption.apply(i));
    }
    return PreparedPictures.prepare(
        PictureSource.parse(folder.resolve(name).toString()),
        PictureConfig.square(16),
        folder.resolve("cache"),
        new PrepareOptions(0, 0.25, 0),
        PrepareListener.NONE);
  }
}
