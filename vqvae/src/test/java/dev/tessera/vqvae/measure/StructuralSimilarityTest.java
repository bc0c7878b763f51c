package dev.tessera.vqvae.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.vqvae.picture.Rgb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StructuralSimilarityTest {
  private static final double C1 = 6.5025;
  private static final double C2 = 58.5225;

  @Test
  void aPictureIsWhollySimilarToItself() {
    Rgb picture = RandomPicture.draw(20, 17, 1);
    assertThat(StructuralSimilarity.of(picture, picture)).isCloseTo(1, within(1e-12));
  }

  @Test
  void flatPicturesDifferInLuminanceAlone() {
    double grey = (2 * 100 * 150 + C1) / (100 * 100 + 150 * 150 + C1);
    assertThat(StructuralSimilarity.of(Rgb.solid(16, 16, 0x646464), Rgb.solid(16, 16, 0x969696)))
        .isCloseTo(grey, within(1e-9));
    double black = C1 / (255 * 255 + C1);
    assertThat(StructuralSimilarity.of(Rgb.solid(12, 30, 0), Rgb.solid(12, 30, 0xFFFFFF)))
        .isCloseTo(black, within(1e-12));
  }

  @Test
  void eachChannelCounts() {
    // Only red differs, by all there is: the others are wholly similar.
    double red = C1 / (255 * 255 + C1);
    assertThat(StructuralSimilarity.of(Rgb.solid(11, 11, 0x008000), Rgb.solid(11, 11, 0xFF8000)))
        .isCloseTo((red + 2) / 3, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"11, 11", "32, 32", "24, 40", "8, 8", "5, 30"})
  void isWhatTheDefinitionSays(int height, int width) {
    Rgb original = RandomPicture.draw(height, width, height);
    Rgb damaged = RandomPicture.damaged(original, 25, width);
    double expected = naive(original, damaged);
    assertThat(StructuralSimilarity.of(original, damaged)).isCloseTo(expected, within(1e-9));
    assertThat(expected).isBetween(0.1, 0.9);
  }

  @Test
  void moreNoiseIsLessSimilar() {
    Rgb original = RandomPicture.draw(32, 32, 3);
    double little = StructuralSimilarity.of(original, RandomPicture.damaged(original, 5, 4));
    double much = StructuralSimilarity.of(original, RandomPicture.damaged(original, 50, 4));
    assertThat(much).isLessThan(little - 0.1);
  }

  @Test
  void picturesOfUnlikeSizesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StructuralSimilarity.of(Rgb.solid(11, 12, 0), Rgb.solid(12, 11, 0)))
        .withMessageContaining("11×12 and 12×11");
  }

  /** Window by window, with moments about the mean. */
  private static double naive(Rgb a, Rgb b) {
    int side = Math.min(11, Math.min(a.height(), a.width()));
    double total = 0;
    int windows = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int top = 0; top + side <= a.height(); top++) {
        for (int left = 0; left + side <= a.width(); left++) {
          total += naive(a, b, channel, top, left, side);
          windows++;
        }
      }
    }
    return total / windows;
  }

  private static double naive(Rgb a, Rgb b, int channel, int top, int left, int side) {
    double[][] weight = new double[side][side];
    double sum = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double centre = (side - 1) / 2.0;
        double square = (y - centre) * (y - centre) + (x - centre) * (x - centre);
        weight[y][x] = Math.exp(-square / (2 * 1.5 * 1.5));
        sum += weight[y][x];
      }
    }
    double meanA = 0;
    double meanB = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        weight[y][x] /= sum;
        meanA += weight[y][x] * RandomPicture.level(a, top + y, left + x, channel);
        meanB += weight[y][x] * RandomPicture.level(b, top + y, left + x, channel);
      }
    }
    double varianceA = 0;
    double varianceB = 0;
    double covariance = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double da = RandomPicture.level(a, top + y, left + x, channel) - meanA;
        double db = RandomPicture.level(b, top + y, left + x, channel) - meanB;
        varianceA += weight[y][x] * da * da;
        varianceB += weight[y][x] * db * db;
        covariance += weight[y][x] * da * db;
      }
    }
    return (2 * meanA * meanB + C1)
        * (2 * covariance + C2)
        / ((meanA * meanA + meanB * meanB + C1) * (varianceA + varianceB + C2));
  }
}
