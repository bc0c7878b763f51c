package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TilingTest {
  private static final int TILE_HEIGHT = 16;
  private static final int TILE_WIDTH = 24;

  private static Rgb noise(int height, int width) {
    byte[] pixels = new byte[height * width * 3];
    new Random(height).nextBytes(pixels);
    return new Rgb(height, width, pixels);
  }

  @ParameterizedTest
  @CsvSource({"16, 24", "8, 10", "17, 25", "40, 24", "16, 100", "61, 73", "200, 300"})
  void whatTilesKeepIsKept(int height, int width) {
    Rgb picture = noise(height, width);
    Tiling tiling = new Tiling(TILE_HEIGHT, TILE_WIDTH, tiles -> tiles);
    Rgb result = tiling.reconstruct(picture);
    assertThat(result.height()).isEqualTo(height);
    assertThat(result.width()).isEqualTo(width);
    assertThat(result.pixels()).containsExactly(picture.pixels());
  }

  @Test
  void tilesOverlapByAQuarterAndCoverTheWholeSide() {
    for (int side = 1; side < 200; side++) {
      int[] starts = Tiling.starts(side, 16);
      assertThat(starts[0]).isZero();
      assertThat(starts[starts.length - 1]).isEqualTo(Math.max(0, side - 16));
      for (int i = 1; i < starts.length; i++) {
        assertThat(starts[i] - starts[i - 1]).isBetween(1, 12);
      }
    }
    assertThat(Tiling.starts(28, 16)).containsExactly(0, 12);
  }

  @Test
  void neighbouringTilesFadeIntoEachOther() {
    List<Rgb> seen = new ArrayList<>();
    Tiling tiling =
        new Tiling(
            8,
            8,
            tiles -> {
              seen.addAll(tiles);
              return List.of(Rgb.solid(8, 8, 0), Rgb.solid(8, 8, 0xFFFFFF));
            });
    Rgb result = tiling.reconstruct(noise(8, 14));
    assertThat(seen).hasSize(2);
    int[] levels = new int[14];
    for (int x = 0; x < 14; x++) {
      levels[x] = result.pixels()[x * 3] & 0xFF;
    }
    assertThat(levels).startsWith(0, 0, 0, 0, 0, 0).endsWith(255, 255, 255, 255, 255, 255);
    assertThat(levels[6]).isEqualTo(85);
    assertThat(levels[7]).isEqualTo(170);
  }
}
