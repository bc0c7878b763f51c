package dev.tessera.vqvae.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.vqvae.picture.Rgb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiScaleSimilarityTest {
  private static final double C1 = 6.5025;

  @ParameterizedTest
  @CsvSource({
    "21, 21, 1",
    "22, 22, 2",
    "32, 32, 2",
    "43, 99, 2",
    "44, 44, 3",
    "64, 64, 3",
    "96, 96, 4",
    "128, 128, 4",
    "176, 176, 5",
    "999, 999, 5"
  })
  void asManyScalesAsTheWindowFits(int height, int width, int scales) {
    assertThat(MultiScaleSimilarity.scales(height, width)).isEqualTo(scales);
  }

  @Test
  void aPictureIsWhollySimilarToItself() {
    Rgb picture = RandomPicture.draw(64, 48, 1);
    assertThat(MultiScaleSimilarity.of(picture, picture)).isCloseTo(1, within(1e-12));
  }

  @Test
  void flatPicturesDifferAtTheLastScaleAlone() {
    double luminance = (2 * 100 * 150 + C1) / (100 * 100 + 150 * 150 + C1);
    double weight = 0.2856 / (0.0448 + 0.2856);
    assertThat(MultiScaleSimilarity.of(Rgb.solid(32, 32, 0x646464), Rgb.solid(32, 32, 0x969696)))
        .isCloseTo(Math.pow(luminance, weight), within(1e-9));
  }

  @Test
  void withOneScaleItIsTheSimilarityOfEachChannel() {
    Rgb original = RandomPicture.draw(16, 16, 5);
    Rgb damaged = RandomPicture.damaged(original, 20, 6);
    assertThat(MultiScaleSimilarity.of(original, damaged))
        .isCloseTo(StructuralSimilarity.of(original, damaged), within(1e-12));
  }

  @Test
  void noiseCountsLessThanInASingleScaleForItIsGoneInTheSmallerPictures() {
    Rgb original = RandomPicture.draw(64, 64, 7);
    Rgb damaged = RandomPicture.damaged(original, 30, 8);
    assertThat(MultiScaleSimilarity.of(original, damaged))
        .isGreaterThan(StructuralSimilarity.of(original, damaged) + 0.1);
  }

  @Test
  void twoScalesAreThoseOfThePictureAndOfItsHalf() {
    Rgb original = RandomPicture.draw(32, 32, 9);
    Rgb damaged = RandomPicture.damaged(original, 20, 10);
    double expected = 0;
    for (int channel = 0; channel < 3; channel++) {
      Plane a = Plane.channel(original, channel);
      Plane b = Plane.channel(damaged, channel);
      double first = StructuralSimilarity.of(a, b).contrast();
      double second = StructuralSimilarity.of(half(a), half(b)).whole();
      double sum = 0.0448 + 0.2856;
      expected += Math.pow(first, 0.0448 / sum) * Math.pow(second, 0.2856 / sum) / 3;
    }
    assertThat(MultiScaleSimilarity.of(original, damaged)).isCloseTo(expected, within(1e-12));
  }

  private static Plane half(Plane plane) {
    double[] means = new double[16 * 16];
    for (int i = 0; i < 32 * 32; i++) {
      means[i / 32 / 2 * 16 + i % 32 / 2] += plane.values()[i] / 4;
    }
    return new Plane(16, 16, means);
  }
}
