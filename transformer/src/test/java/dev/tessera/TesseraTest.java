package dev.tessera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tessera.engine.store.DataType;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.Progress;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TesseraTest {
  private static final SamplingOptions OPTIONS = SamplingOptions.DEFAULT.withSeed(5);

  @TempDir private Path folder;

  @Test
  void theSameSeedMakesTheSamePictureWhateverElseIsAskedFor() throws IOException {
    try (Tessera model = model(TinyModel.bundle(2))) {
      Rgb alone = model.sample("ghost", OPTIONS);
      Rgb first =
          model
              .sample(List.of("ghost", "sun", ""), OPTIONS, Progress.NONE, () -> false)
              .get(0)
              .picture();
      assertThat(first.pixels()).isEqualTo(alone.pixels());
      assertThat(model.sample("ghost", OPTIONS.withSeed(6)).pixels()).isNotEqualTo(alone.pixels());
    }
  }

  /** More pictures than a tile has rows, and more than the decoder has. */
  @ParameterizedTest
  @EnumSource
  void pixelsAreTheSameForEveryBatch(WeightFormat format) throws IOException {
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < 35; i++) {
      prompts.add(i % 3 == 0 ? "ghost" : "sun");
    }
    try (Tessera model = model(TinyModel.decided(2), format)) {
      List<Tessera.Sample> all = model.sample(prompts, OPTIONS, Progress.NONE, () -> false);
      for (int count : new int[] {1, 2, 5, 17}) {
        List<Tessera.Sample> some =
            model.sample(prompts.subList(0, count), OPTIONS, Progress.NONE, () -> false);
        for (int i = 0; i < count; i++) {
          assertThat(some.get(i).picture().pixels())
              .as("picture %d of %d", i, count)
              .isEqualTo(all.get(i).picture().pixels());
          assertThat(some.get(i).logLikelihood()).isEqualTo(all.get(i).logLikelihood());
        }
      }
    }
  }

  @Test
  void aCompactModelDrawsWhatTheWholeOneDrawsWithSuchWeights() throws IOException {
    assumeTrue(WeightFormat.usable().contains(WeightFormat.BF16));
    Bundle whole = TinyModel.decided(2);
    List<String> prompts = List.of("ghost", "sun", "");
    Path file = folder.resolve("compact.tessera");
    whole.compact(DataType.BF16).write(file);
    try (Tessera model = model(whole, WeightFormat.BF16);
        Tessera compact = Tessera.load(file, WeightFormat.BF16)) {
      List<Tessera.Sample> expected = model.sample(prompts, OPTIONS, Progress.NONE, () -> false);
      List<Tessera.Sample> found = compact.sample(prompts, OPTIONS, Progress.NONE, () -> false);
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(found.get(i).picture().pixels()).isEqualTo(expected.get(i).picture().pixels());
        assertThat(found.get(i).logLikelihood()).isEqualTo(expected.get(i).logLikelihood());
      }
    }
  }

  @Test
  void anotherPromptMakesAnotherPicture() throws IOException {
    try (Tessera model = model(TinyModel.decided(2))) {
      assertThat(model.sample("sun", OPTIONS).pixels())
          .isNotEqualTo(model.sample("ghost", OPTIONS).pixels());
    }
  }

  @Test
  void aModelWithoutCaptionsRefusesToWriteAny() throws IOException {
    try (Tessera model = model(TinyModel.bundle(0))) {
      assertThatThrownBy(() -> model.caption(Rgb.solid(16, 16, 0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("without captions");
    }
  }

  @Test
  void aModelOfStageOneReconstructsAndRefusesToSample() throws IOException {
    Bundle whole = TinyModel.bundle(2);
    Bundle half =
        new Bundle(
            whole.vqvae(), whole.vqvaeWeights(), Optional.empty(), whole.provenance(), new byte[0]);
    try (Tessera model = model(half)) {
      assertThat(model.reconstruct(Rgb.solid(16, 16, 0xFF0000)).width()).isEqualTo(16);
      assertThatThrownBy(() -> model.sample(OPTIONS))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("stage 1 only");
    }
  }

  @Test
  void longPromptsAreKnownToBeCut() throws IOException {
    try (Tessera model = model(TinyModel.bundle(2))) {
      assertThat(model.isTruncated("ghost")).isFalse();
      assertThat(model.isTruncated("ghost ".repeat(30))).isTrue();
    }
  }

  @Test
  void aClosedModelSaysSo() throws IOException {
    Tessera model = model(TinyModel.bundle(2));
    model.close();
    assertThatThrownBy(() -> model.sample(OPTIONS)).hasMessageContaining("closed");
  }

  private Tessera model(Bundle bundle, WeightFormat format) throws IOException {
    Path file = folder.resolve("model.tessera");
    bundle.write(file);
    return Tessera.load(file, format);
  }

  private Tessera model(Bundle bundle) throws IOException {
    Path file = folder.resolve("model.tessera");
    bundle.write(file);
    return Tessera.load(file);
  }
}
