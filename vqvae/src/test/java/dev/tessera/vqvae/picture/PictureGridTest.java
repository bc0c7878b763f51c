package dev.tessera.vqvae.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureGridTest {
  private static final Rgb RED = Rgb.solid(4, 6, 0xFF0000);
  private static final Rgb BLUE = Rgb.solid(4, 6, 0x0000FF);

  @TempDir Path folder;

  @Test
  void picturesStandInRowsWithMargins() {
    BufferedImage sheet = new PictureGrid(2, 3, 5, 0).draw(List.of(RED, BLUE, RED), List.of());

    assertThat(sheet.getWidth()).isEqualTo(5 + 2 * (18 + 5));
    assertThat(sheet.getHeight()).isEqualTo(5 + 2 * (12 + 5));
    assertThat(sheet.getRGB(5, 5)).isEqualTo(0xFFFF0000);
    assertThat(sheet.getRGB(22, 16)).isEqualTo(0xFFFF0000);
    assertThat(sheet.getRGB(23, 5)).isEqualTo(0xFFE8E8E8);
    assertThat(sheet.getRGB(28, 5)).isEqualTo(0xFF0000FF);
    assertThat(sheet.getRGB(5, 22)).isEqualTo(0xFFFF0000);
    assertThat(sheet.getRGB(28, 22)).isEqualTo(0xFFE8E8E8);
  }

  @Test
  void zoomRepeatsPixelsAndInventsNone() {
    Rgb pair = new Rgb(1, 2, new byte[] {0, 0, 0, (byte) 255, (byte) 255, (byte) 255});

    BufferedImage sheet = new PictureGrid(1, 4, 0, 0).draw(List.of(pair), List.of());

    for (int x = 0; x < 8; x++) {
      assertThat(sheet.getRGB(x, 3)).isEqualTo(x < 4 ? 0xFF000000 : 0xFFFFFFFF);
    }
  }

  @Test
  void captionsAreWrittenBelowTheirPicturesAndStayInTheirCells() {
    Rgb white = Rgb.solid(40, 40, 0xFFFFFF);
    PictureGrid grid = new PictureGrid(2, 2, 6, 2);
    String endless = "a rather long caption " + "antidisestablishmentarianism".repeat(9);

    BufferedImage sheet = grid.draw(List.of(white, white), List.of(endless, ""));

    int below = 6 + 80;
    assertThat(dark(sheet, 6, below, 80, sheet.getHeight() - below)).isGreaterThan(30);
    assertThat(dark(sheet, 86, 0, sheet.getWidth() - 86, sheet.getHeight())).isZero();
    assertThat(dark(sheet, 0, 0, sheet.getWidth(), below)).isZero();
  }

  private static int dark(BufferedImage image, int left, int top, int width, int height) {
    int count = 0;
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        count += (image.getRGB(x, y) & 0xFF) < 0x80 ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void refusesWhatCannotBeAGrid() {
    PictureGrid grid = PictureGrid.plain(4, 1);

    assertThatThrownBy(() -> grid.draw(List.of(), List.of()))
        .hasMessageContaining("0 pictures and 0 captions");
    assertThatThrownBy(() -> grid.draw(List.of(RED), List.of("a", "b")))
        .hasMessageContaining("1 pictures and 2 captions");
    assertThatThrownBy(() -> grid.draw(List.of(RED, Rgb.solid(4, 4, 0)), List.of()))
        .hasMessageContaining("4 × 6 and 4 × 4");
    assertThatThrownBy(
            () -> new PictureGrid(256, 32, 0, 0).draw(Collections.nCopies(100_000, RED), List.of()))
        .hasMessageContaining("too large to draw");
    assertThatThrownBy(() -> new PictureGrid(0, 1, 0, 0))
        .hasMessage("columns is 0, but must be 1 to 256");
  }

  @Test
  void aPngFileIsWrittenWholeAndReplacesAnOlderOne() throws IOException {
    Path file = folder.resolve("new/sheet.png");
    Png.write(file, RED);
    Png.write(file, BLUE);

    BufferedImage back = ImageIO.read(file.toFile());
    assertThat(back.getRGB(5, 3)).isEqualTo(0xFF0000FF);
    try (Stream<Path> files = Files.list(folder.resolve("new"))) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aPictureNeedsAsManyBytesAsItSays() {
    assertThatThrownBy(() -> new Rgb(2, 2, new byte[11]))
        .hasMessage("a picture of 2 rows and 2 columns needs 12 bytes, but there are 11");
  }
}
