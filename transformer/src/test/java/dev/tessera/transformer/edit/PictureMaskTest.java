package dev.tessera.transformer.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureMaskTest {
  @TempDir private Path folder;

  @Test
  void ofAnOpaqueFileWhiteIsFilled() throws IOException {
    Path file = file(BufferedImage.TYPE_INT_RGB, 0xFFFFFF, 0x000000, 0x909090, 0x707070);
    assertThat(PictureMask.read(file, 1, 4).filled()).containsExactly(true, false, true, false);
  }

  @Test
  void ofAFileWithTransparencyTheTransparentPartIsFilled() throws IOException {
    Path file = file(BufferedImage.TYPE_INT_ARGB, 0xFFFFFFFF, 0x00FFFFFF, 0x00000000, 0xFF000000);
    assertThat(PictureMask.read(file, 1, 4).filled()).containsExactly(false, true, true, false);
  }

  @Test
  void anotherSizeIsNamed() throws IOException {
    Path file = file(BufferedImage.TYPE_INT_RGB, 0, 0, 0, 0);
    assertThatThrownBy(() -> PictureMask.read(file, 3, 5))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mask.png: the mask has 4 × 1 pixels, but the picture has 5 × 3");
  }

  private Path file(int type, int... pixels) throws IOException {
    BufferedImage image = new BufferedImage(pixels.length, 1, type);
    image.setRGB(0, 0, pixels.length, 1, pixels, 0, pixels.length);
    Path file = folder.resolve("mask.png");
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
