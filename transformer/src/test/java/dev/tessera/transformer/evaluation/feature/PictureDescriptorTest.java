package dev.tessera.transformer.evaluation.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PictureDescriptorTest {
  @Test
  void cellsAreMeansOfTheirPixels() {
    // Red rises by one from pixel to pixel.
    byte[] pixels = new byte[4 * 4 * 3];
    for (int i = 0; i < 16; i++) {
      pixels[3 * i] = (byte) (16 * i);
    }
    double[] means = AreaAverage.of(new Rgb(4, 4, pixels), 2);
    assertThat(means).hasSize(12);
    assertThat(means[0]).isCloseTo(16 * (0 + 1 + 4 + 5) / 4.0 / 255, within(1e-12));
    assertThat(means[9]).isCloseTo(16 * (10 + 11 + 14 + 15) / 4.0 / 255, within(1e-12));
    assertThat(means[1]).isZero();
  }

  @Test
  void aPictureOfFewerPixelsThanCellsRepeatsThem() {
    assertThat(AreaAverage.of(Rgb.solid(1, 1, 0xFF0000), 2))
        .containsExactly(1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0);
  }

  @Test
  void oneColourIsOneBin() {
    double[] histogram = ColourHistogram.of(Rgb.solid(3, 5, 0xFF0040), 4);
    assertThat(histogram[3 * 16 + 0 + 1]).isEqualTo(1);
    assertThat(Arrays.stream(histogram).sum()).isEqualTo(1);
  }

  @Test
  void styleIsPaletteSharpnessAndReach() {
    double[] plain = StyleDescriptor.of(Rgb.solid(32, 32, 0xFFFFFF));
    assertThat(plain).hasSize(StyleDescriptor.SIZE);
    // One colour, no gradient, no curvature, nothing that is not white.
    assertThat(Arrays.stream(plain).filter(value -> value > 0).toArray())
        .usingComparatorWithPrecision(1e-9)
        .containsExactly(1, 1, 1);
    double[] drawn = StyleDescriptor.of(shape(32, 255));
    assertThat(Arrays.copyOfRange(drawn, StyleDescriptor.SIZE - 64, StyleDescriptor.SIZE))
        .containsOnly(1);
    assertThat(Arrays.stream(drawn).filter(value -> value > 0 && value < 1).count())
        .isGreaterThan(5);
  }

  @Test
  void aPlainPictureHasNoGradients() {
    assertThat(GradientHistogram.of(Rgb.solid(32, 32, 0x808080))).containsOnly(0);
  }

  @Test
  void stripesAcrossAndAlongFallIntoDifferentOrientations() {
    double[] across = sumByBin(GradientHistogram.of(stripes(true)));
    double[] along = sumByBin(GradientHistogram.of(stripes(false)));
    // Gradients of horizontal direction lie half-way between the first and the last orientation.
    assertThat(across[0]).isPositive().isCloseTo(across[8], within(1e-9));
    assertThat(across[4]).isZero();
    assertThat(along[4]).isPositive();
    assertThat(along[0]).isZero();
  }

  @Test
  void sizeAndBrightnessOfAPictureHardlyMatterToItsGradients() {
    double[] bright = GradientHistogram.of(shape(32, 255));
    double[] dark = GradientHistogram.of(shape(32, 100));
    double[] large = GradientHistogram.of(shape(64, 255));
    assertThat(meanDifference(bright, dark)).isLessThan(0.002);
    assertThat(meanDifference(bright, large)).isLessThan(0.02);
    assertThat(meanDifference(bright, GradientHistogram.of(stripes(true)))).isGreaterThan(0.05);
  }

  private static double meanDifference(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  private static double[] sumByBin(double[] features) {
    double[] sums = new double[9];
    for (int i = 0; i < features.length; i++) {
      sums[i % 9] += features[i];
    }
    return sums;
  }

  private static Rgb stripes(boolean across) {
    byte[] pixels = new byte[32 * 32 * 3];
    for (int i = 0; i < 32 * 32; i++) {
      int at = across ? i % 32 : i / 32;
      Arrays.fill(pixels, 3 * i, 3 * i + 3, (byte) (at / 4 % 2 * 200));
    }
    return new Rgb(32, 32, pixels);
  }

  private static Rgb shape(int size, int brightness) {
    byte[] pixels = new byte[size * size * 3];
    for (int i = 0; i < size * size; i++) {
      int x = i % size;
      int y = i / size;
      boolean inside = x > size / 4 && y > size / 3 && x + y < size * 3 / 2;
      Arrays.fill(pixels, 3 * i, 3 * i + 3, (byte) (inside ? brightness : 0));
    }
    return new Rgb(size, size, pixels);
  }
}
