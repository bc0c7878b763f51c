package dev.tessera.vqvae.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResamplerTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void areaAverageAgreesWithTheNaiveOne(long seed) {
    Random random = new Random(seed);
    BufferedImage image = noise(random, 1 + random.nextInt(90), 1 + random.nextInt(90));
    int height = 1 + random.nextInt(20);
    int width = 1 + random.nextInt(20);
    int background = random.nextInt(1 << 24);
    // Any window at all: inside, outside, across the borders.
    Resampler.Placement placement =
        new Resampler.Placement(
            random.nextDouble() * 60 - 30,
            random.nextDouble() * 60 - 30,
            1 + random.nextDouble() * 6);

    Rgb fast =
        new Resampler(ArgbRows.of(image), placement, height, width, background).areaAverage();

    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        double[] naive = naiveAverage(image, placement, i, j, background);
        for (int c = 0; c < 3; c++) {
          assertThat((double) (fast.pixels()[(i * width + j) * 3 + c] & 0xFF))
              .as("seed %d, pixel %d, %d, channel %d", seed, i, j, c)
              .isCloseTo(naive[c], within(0.5 + 1e-6));
        }
      }
    }
  }

  /** Sums over every source pixel how much of it lies in the square; the rest is background. */
  private static double[] naiveAverage(
      BufferedImage image, Resampler.Placement placement, int i, int j, int background) {
    double top = placement.top() + i * placement.scale();
    double left = placement.left() + j * placement.scale();
    double area = placement.scale() * placement.scale();
    double[] mean = new double[3];
    double inside = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        double share =
            Math.max(0, Math.min(y + 1, top + placement.scale()) - Math.max(y, top))
                * Math.max(0, Math.min(x + 1, left + placement.scale()) - Math.max(x, left));
        inside += share;
        int argb = image.getRGB(x, y);
        double alpha = (argb >>> 24) / 255.0;
        for (int c = 0; c < 3; c++) {
          double value = argb >> (16 - 8 * c) & 0xFF;
          double behind = background >> (16 - 8 * c) & 0xFF;
          mean[c] += share / area * (alpha * value + (1 - alpha) * behind);
        }
      }
    }
    for (int c = 0; c < 3; c++) {
      mean[c] += (1 - inside / area) * (background >> (16 - 8 * c) & 0xFF);
    }
    return mean;
  }

  @Test
  void averagesByHand() {
    // Three pixels onto two: each result pixel is one and a half source pixels wide.
    BufferedImage image =
        PictureFiles.argb(new int[][] {{0xFF000000, 0xFF3C3C3C, 0xFFFFFFFF}, {0, 0, 0}, {0, 0, 0}});
    Resampler.Placement placement = new Resampler.Placement(0, 0, 1.5);

    Rgb result = new Resampler(ArgbRows.of(image), placement, 1, 2, 0xFF0000).areaAverage();

    // The upper two thirds are the first row, the lower third is red background.
    assertThat(result.colour(0, 0) & 0xFF).isEqualTo(Math.round((60 / 3.0) * 2 / 3));
    assertThat(result.colour(0, 1) & 0xFF).isEqualTo(Math.round((255 * 2 + 60) / 3.0 * 2 / 3));
    assertThat(result.colour(0, 0) >> 16).isEqualTo(Math.round((20 * 2 + 255) / 3.0));
  }

  @ParameterizedTest
  @EnumSource(PictureConfig.Fit.class)
  void aSolidColourStaysExact(PictureConfig.Fit fit) {
    for (int side : new int[] {1, 3, 8, 17, 100, 333}) {
      for (int colour : new int[] {0x000000, 0x010203, 0x7F80FE, 0xFFFFFF}) {
        PictureConfig config = new PictureConfig(8, 24, colour, fit);
        BufferedImage image = PictureFiles.solid(side, 2 * side + 1, colour);

        Rgb result = prepare(image, config);

        assertThat(result.isUniform()).isTrue();
        assertThat(result.colour(0, 0)).isEqualTo(colour);
      }
    }
  }

  @Test
  void aPictureOfTheRightSizeStaysAsItIs() {
    byte[] pixels = new byte[16 * 16 * 3];
    new Random(3).nextBytes(pixels);
    Rgb picture = new Rgb(16, 16, pixels);

    assertThat(prepare(picture.toImage(), PictureConfig.square(16)).pixels()).isEqualTo(pixels);
  }

  @Test
  void cropsEvenlyOnBothSides() {
    BufferedImage image = PictureFiles.solid(8, 24, 0xFFFFFF);
    for (int y = 0; y < 8; y++) {
      for (int x = 8; x < 16; x++) {
        image.setRGB(x, y, 0x112233);
      }
    }

    Rgb result = prepare(image, PictureConfig.square(8));

    assertThat(result.isUniform()).isTrue();
    assertThat(result.colour(3, 3)).isEqualTo(0x112233);
  }

  @Test
  void padsEvenlyOnBothSides() {
    PictureConfig config = new PictureConfig(12, 12, 0x445566, PictureConfig.Fit.PAD);

    Rgb result = prepare(PictureFiles.solid(20, 60, 0xFFFFFF), config);

    for (int y = 0; y < 12; y++) {
      assertThat(result.colour(y, 5)).isEqualTo(y >= 4 && y < 8 ? 0xFFFFFF : 0x445566);
    }
  }

  @Test
  void aThinStripIsAveragedWithTheBackgroundAroundIt() {
    PictureConfig config = new PictureConfig(9, 9, 0xFFFFFF, PictureConfig.Fit.PAD);

    Rgb result = prepare(PictureFiles.solid(20, 9000, 0x000000), config);

    // 20 of the 1000 rows that the middle row of pixels stands for are black.
    assertThat(result.colour(4, 4) & 0xFF).isEqualTo(250);
    assertThat(result.colour(3, 4)).isEqualTo(0xFFFFFF);
  }

  @Test
  void enlargesByLinearInterpolation() {
    BufferedImage image = PictureFiles.argb(new int[][] {{0xFF000000, 0xFF646464}});
    PictureConfig config = new PictureConfig(8, 16, 0, PictureConfig.Fit.CENTER_CROP);

    Rgb result = prepare(image, config);

    // Centres at 1/16, 3/16 … of two pixels whose centres are at 1/2 and 3/2.
    for (int x = 0; x < 16; x++) {
      double expected = 100 * Math.max(0, Math.min(1, (x + 0.5) / 8 - 0.5));
      assertThat(result.colour(4, x) & 0xFF).isEqualTo((int) Math.round(expected));
    }
  }

  @Test
  void enlargesWithPadding() {
    PictureConfig config = new PictureConfig(16, 8, 0x445566, PictureConfig.Fit.PAD);

    Rgb result = prepare(PictureFiles.solid(2, 2, 0xFFFFFF), config);

    for (int y = 0; y < 16; y++) {
      assertThat(result.colour(y, 3)).isEqualTo(y >= 4 && y < 12 ? 0xFFFFFF : 0x445566);
    }
  }

  @Test
  void laysTransparencyOnTheBackground() {
    BufferedImage image = PictureFiles.argb(new int[][] {{0x00FFFFFF, 0x80FF0000}});
    PictureConfig config = new PictureConfig(8, 16, 0x0000FF, PictureConfig.Fit.CENTER_CROP);

    Rgb result = prepare(image, config);

    assertThat(result.colour(0, 0)).isEqualTo(0x0000FF);
    assertThat(result.colour(0, 15)).isEqualTo(0x80007F);
  }

  private static Rgb prepare(BufferedImage image, PictureConfig config) {
    return Pictures.prepare(
        new DecodedPicture(
            image,
            Orientation.NORMAL,
            image.getHeight(),
            image.getWidth(),
            "png",
            ColourMode.of(image)),
        config);
  }

  private static BufferedImage noise(Random random, int height, int width) {
    int[][] rows = new int[height][width];
    for (int[] row : rows) {
      for (int x = 0; x < width; x++) {
        row[x] = random.nextInt() | (random.nextBoolean() ? 0xFF000000 : 0);
      }
    }
    return PictureFiles.argb(rows);
  }
}
