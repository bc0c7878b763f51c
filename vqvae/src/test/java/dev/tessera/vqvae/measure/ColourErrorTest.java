package dev.tessera.vqvae.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.vqvae.picture.Rgb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColourErrorTest {
  /** The published coordinates of the primaries of sRGB under D65. */
  @ParameterizedTest
  @CsvSource({
    "ff0000, 53.23, 80.11, 67.22",
    "00ff00, 87.73, -86.18, 83.18",
    "0000ff, 32.30, 79.19, -107.86",
    "ffffff, 100, 0, 0",
    "808080, 53.59, 0, 0",
    "000000, 0, 0, 0",
    "010101, 0.27, 0, 0"
  })
  void coloursHaveTheirCoordinates(String colour, double l, double a, double b) {
    double[] lab = ColourError.lab(Integer.parseInt(colour, 16));
    assertThat(lab[0]).isCloseTo(l, within(0.01));
    assertThat(lab[1]).isCloseTo(a, within(0.02));
    assertThat(lab[2]).isCloseTo(b, within(0.02));
  }

  @Test
  void blackAndWhiteAreAHundredApart() {
    assertThat(ColourError.of(Rgb.solid(3, 5, 0), Rgb.solid(3, 5, 0xFFFFFF)))
        .isCloseTo(100, within(1e-9));
  }

  @Test
  void theErrorIsTheMeanOverThePixels() {
    Rgb original = Rgb.solid(2, 2, 0xFF0000);
    Rgb other = Rgb.solid(2, 2, 0xFF0000);
    other.pixels()[0] = 0;
    other.pixels()[2] = (byte) 0xFF;
    double apart =
        Math.sqrt(
            Math.pow(53.24 - 32.30, 2) + Math.pow(80.09 - 79.19, 2) + Math.pow(67.20 + 107.86, 2));
    assertThat(ColourError.of(original, other)).isCloseTo(apart / 4, within(0.02));
    assertThat(ColourError.of(original, original)).isZero();
  }
}
