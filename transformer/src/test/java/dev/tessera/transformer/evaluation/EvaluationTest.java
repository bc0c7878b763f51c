package dev.tessera.transformer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.TinyModel;
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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
  private static final int PICTURES = 40;

  @TempDir private Path folder;

  @Test
  void anUntrainedModelIsNoBetterWithTheTrueCaption() throws IOException {
    HeldOutEvaluation evaluation =
        HeldOutEvaluation.of(TinyModel.bundle(PICTURES), pictures(0.25), 1);
    HeldOutEvaluation.Likelihoods likelihoods = evaluation.likelihood().orElseThrow();

    assertThat(evaluation.heldOut()).isBetween(1, PICTURES / 2);
    assertThat(evaluation.psnr()).isBetween(0.0, 30.0);
    // Untrained logits are nearly uniform over the 36 codes.
    assertThat(likelihoods.imageBits()).isCloseTo(Math.log(36) / Math.log(2), within(0.2));
    assertThat(likelihoods.shuffledBits()).isCloseTo(likelihoods.imageBits(), within(0.05));
    assertThat(likelihoods.positionalUnigramBits()).isBetween(0.0, Math.log(36) / Math.log(2));
    assertThat(likelihoods.p()).isGreaterThan(0.001);
    assertThat(likelihoods.textBits()).isGreaterThan(5);
  }

  @Test
  void holesAreMeasuredWhereTheModelFillsThemOnly() throws IOException {
    PreparedPictures pictures = pictures(0.25);
    assertThat(
            HeldOutEvaluation.of(TinyModel.bundle(PICTURES), pictures, 1)
                .likelihood()
                .orElseThrow()
                .holes())
        .isEmpty();
    List<HoleBits> holes =
        HeldOutEvaluation.of(TinyModel.infilling(PICTURES), pictures, 1)
            .likelihood()
            .orElseThrow()
            .holes();

    assertThat(holes)
        .extracting(HoleBits::hole)
        .containsExactly("top", "left", "right", "bottom", "centre", "scattered");
    for (HoleBits hole : holes) {
      // With weights as large as those of the model, what precedes decides, and what follows too.
      assertThat(hole.infillingBits()).as(hole.hole()).isPositive();
      assertThat(hole.rasterBits()).as(hole.hole()).isPositive();
      assertThat(hole.infillingBits()).as(hole.hole()).isNotEqualTo(hole.rasterBits());
      // A mixture has at most as many bits as its parts have on average.
      assertThat(hole.mixedBits())
          .as(hole.hole())
          .isPositive()
          .isLessThan(0.3 * hole.infillingBits() + 0.7 * hole.rasterBits());
    }
  }

  @Test
  void anUntrainedModelRecallsNothing() throws IOException {
    Recall recall = Recall.of(TinyModel.bundle(PICTURES), pictures(0));

    assertThat(recall.pictures()).isEqualTo(PICTURES);
    assertThat(recall.captionsFromPicture()).isZero();
    assertThat(recall.tokensFromCaption()).isLessThan(0.5);
  }

  @Test
  void nothingHeldOutIsNothingToMeasure() throws IOException {
    PreparedPictures all = pictures(0);
    assertThatThrownBy(() -> HeldOutEvaluation.of(TinyModel.bundle(PICTURES), all, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("held out");
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.data.Offset.offset(value);
  }

  private PreparedPictures pictures(double heldOut) throws IOException {
    for (int i = 0; i < PICTURES; i++) {
      Path file = folder.resolve("pictures/" + i + ".png");
      Png.write(file, Rgb.solid(16, 16, i * 0x050301));
      Files.writeString(folder.resolve("pictures/" + i + ".txt"), "shade " + i);
    }
    return PreparedPictures.prepare(
        PictureSource.parse(folder.resolve("pictures").toString()),
        PictureConfig.square(16),
        folder.resolve("cache"),
        new PrepareOptions(0, heldOut, 0),
        PrepareListener.NONE);
  }
}
