package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.proto.Manifest;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.naming.Namer;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.PictureConfig;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model in the repository, used as the launcher has commands use it. */
class ShippedModelTest {
  private static final Path DIST = Path.of("src/main/dist");
  private static final Path MODEL = DIST.resolve("model.tessera");
  private static final String PLACE = "tessera.model";
  private static final int MAXIMUM_BYTES = 40_000_000;

  @TempDir private Path folder;

  @BeforeEach
  void sayWhereItIs() {
    System.setProperty(PLACE, MODEL.toString());
  }

  @AfterEach
  void forgetWhereItIs() {
    System.clearProperty(PLACE);
  }

  @Test
  void itDrawsAPromptAndCaptionsThePictureWithoutBeingNamed() throws IOException {
    Path ghost = folder.resolve("ghost.png");
    Call sampled = Call.of("sample", "--prompt", "ghost, noto style", "--out", ghost);
    assertThat(sampled.exitCode()).as(sampled.err()).isZero();
    BufferedImage picture = ImageIO.read(ghost.toFile());
    assertThat(picture.getWidth()).isEqualTo(32);
    int[] pixels = picture.getRGB(0, 0, 32, 32, null, 0, 32);
    assertThat(Arrays.stream(pixels).distinct().count()).isGreaterThan(20);

    Call captioned = Call.of("caption", ghost);
    assertThat(captioned.exitCode()).as(captioned.err()).isZero();
    assertThat(captioned.out().strip())
        .matches("\\Q" + ghost + "\\E\t.+, (noto|blob|twemoji|fluent|emojione) style");
  }

  @Test
  void itNamesTheStylesOfRealPicturesThatItNeverSaw() throws IOException {
    PreparedPictures pictures =
        PreparedPictures.prepare(
            PictureSource.parse("emoji"),
            PictureConfig.square(32),
            folder.resolve("cache"),
            PrepareOptions.DEFAULT,
            PrepareListener.NONE);
    Namer namer = Bundle.read(MODEL).naming().orElseThrow().namer();
    int concepts = 0;
    int styles = 0;
    for (int i : pictures.heldOut()) {
      int[] right = namer.form().parse(pictures.entry(i).captions().get(0)).orElseThrow();
      double[][] found = namer.logProbabilities(pictures.picture(i));
      concepts += rank(found[0], right[0]) < 5 ? 1 : 0;
      styles += rank(found[1], right[1]) == 0 ? 1 : 0;
    }
    assertThat(pictures.heldOut()).hasSize(345);
    assertThat(concepts).isGreaterThan(345 * 60 / 100);
    assertThat(styles).isGreaterThan(345 * 92 / 100);
  }

  private static long rank(double[] scores, int right) {
    return Arrays.stream(scores).filter(score -> score > scores[right]).count();
  }

  @Test
  void itsRankerAndNamingChooseAmongSamples() {
    Path chosen = folder.resolve("chosen.png");
    Call call =
        Call.of("sample", "--prompt", "pizza, fluent style", "--rerank", 4, "--out", chosen);
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(chosen).exists();
  }

  @Test
  void itIsSmallAndCarriesTheNoticeOfItsData() throws IOException {
    assertThat(Files.size(MODEL)).isLessThanOrEqualTo(MAXIMUM_BYTES);
    Manifest manifest = Bundle.readManifest(MODEL);
    assertThat(manifest.getProvenance().getDataSource()).isEqualTo("emoji");
    assertThat(manifest.getProvenance().getDataNotice()).contains("Apache 2.0", "CC BY 4.0", "MIT");
    assertThat(DIST.resolve("MODEL-CARD.md")).content().contains("DATA-NOTICE.md");
  }

  /** Whoever depends on this module must not fetch the model with it. */
  @Test
  void itIsNotAmongTheClasses() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("target/classes"))) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".tessera"));
    }
  }
}
