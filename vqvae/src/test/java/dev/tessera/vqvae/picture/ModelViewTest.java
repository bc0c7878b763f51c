package dev.tessera.vqvae.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelViewTest {
  private static final PictureConfig CONFIG = PictureConfig.square(8);

  @TempDir private Path folder;

  @Test
  void aPictureOfTheModelsShapeIsSeenAndRestoredAsItIs() {
    Rgb picture = noise(8, 8);
    assertThat(Pictures.prepare(picture, CONFIG).pixels()).isEqualTo(picture.pixels());
    assertThat(new ModelView(8, 8, CONFIG).restore(picture).pixels()).isEqualTo(picture.pixels());
  }

  @Test
  void theMiddleOfAWidePictureIsSeen() {
    ModelView view = new ModelView(16, 32, CONFIG);
    assertThat(view.scale()).isEqualTo(2);
    assertThat(view.left(8)).isZero();
    assertThat(view.left(24)).isEqualTo(8);
    assertThat(view.top(16)).isEqualTo(8);
    assertThat(view.sees(0, 7)).isFalse();
    assertThat(view.sees(0, 8)).isTrue();
    assertThat(view.sees(15, 23)).isTrue();
    assertThat(view.sees(15, 24)).isFalse();
  }

  @Test
  void whatTheModelMakesComesBackWhereItWasSeen() {
    Rgb picture = Rgb.solid(16, 32, 0x204060);
    for (int row = 4; row < 8; row++) {
      for (int column = 12; column < 16; column++) {
        picture.pixels()[(row * 32 + column) * 3] = (byte) 0xFF;
      }
    }
    Rgb restored = new ModelView(16, 32, CONFIG).restore(Pictures.prepare(picture, CONFIG));
    assertThat(restored.colour(5, 13) >> 16).isGreaterThan(0x90);
    assertThat(restored.colour(5, 18)).isEqualTo(0x204060);
    assertThat(restored.colour(12, 13)).isEqualTo(0x204060);
  }

  @Test
  void aFileIsReadWholeToTheBitAndUpright() throws IOException {
    Rgb picture = noise(11, 5);
    Path file = folder.resolve("picture.png");
    ImageIO.write(picture.toImage(), "png", file.toFile());
    Rgb read = Pictures.readWhole(file, 0xFFFFFF);
    assertThat(read.height()).isEqualTo(11);
    assertThat(read.pixels()).isEqualTo(picture.pixels());

    BufferedImage transparent = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    transparent.setRGB(0, 0, 0xFF123456);
    ImageIO.write(transparent, "png", file.toFile());
    Rgb laid = Pictures.readWhole(file, 0xABCDEF);
    assertThat(laid.colour(0, 0)).isEqualTo(0x123456);
    assertThat(laid.colour(0, 1)).isEqualTo(0xABCDEF);
  }

  @Test
  void whatIsNoPictureIsNamed() {
    assertThatThrownBy(() -> Pictures.readWhole(folder.resolve("none.png"), 0))
        .isInstanceOf(BrokenPictureException.class)
        .hasMessageContaining("none.png");
  }

  private static Rgb noise(int height, int width) {
    byte[] pixels = new byte[height * width * 3];
    new Random(4).nextBytes(pixels);
    return new Rgb(height, width, pixels);
  }
}
