package dev.tessera.vqvae.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.vqvae.picture.Rgb;
import org.junit.jupiter.api.Test;

class EdgeErrorTest {
  @Test
  void aMissingStepCountsOnBothOfItsSides() {
    Rgb step = Rgb.solid(4, 10, 0);
    for (int i = 0; i < step.pixels().length; i++) {
      step.pixels()[i] = (byte) (i / 3 % 10 < 5 ? 0 : 80);
    }
    // (1 + 2 + 1) · 80 / 8 in two of ten columns.
    assertThat(EdgeError.of(step, Rgb.solid(4, 10, 0))).isCloseTo(40 * 2 / 10.0, within(1e-9));
  }

  @Test
  void aShiftOfAllLevelsIsNoErrorOfEdges() {
    Rgb original = RandomPicture.draw(12, 9, 1);
    byte[] brighter = original.pixels().clone();
    for (int i = 0; i < brighter.length; i++) {
      int level = brighter[i] & 0xFF;
      original.pixels()[i] = (byte) Math.min(level, 200);
      brighter[i] = (byte) (Math.min(level, 200) + 50);
    }
    assertThat(EdgeError.of(original, new Rgb(12, 9, brighter))).isCloseTo(0, within(1e-9));
  }

  @Test
  void blurIsAnErrorOfEdges() {
    Rgb step = Rgb.solid(8, 8, 0);
    Rgb ramp = Rgb.solid(8, 8, 0);
    for (int i = 0; i < step.pixels().length; i++) {
      int x = i / 3 % 8;
      step.pixels()[i] = (byte) (x < 4 ? 0 : 240);
      ramp.pixels()[i] = (byte) Math.max(0, Math.min(240, (x - 2) * 80 + 40));
    }
    assertThat(EdgeError.of(step, ramp)).isGreaterThan(20);
  }

  @Test
  void isWhatTheDefinitionSays() {
    Rgb a = RandomPicture.draw(9, 14, 2);
    Rgb b = RandomPicture.damaged(a, 20, 3);
    double sum = 0;
    for (int y = 0; y < 9; y++) {
      for (int x = 0; x < 14; x++) {
        sum += Math.abs(magnitude(a, y, x) - magnitude(b, y, x));
      }
    }
    assertThat(EdgeError.of(a, b)).isCloseTo(sum / (9 * 14), within(1e-9));
  }

  private static double magnitude(Rgb picture, int y, int x) {
    int[] smooth = {1, 2, 1};
    int[] slope = {-1, 0, 1};
    double across = 0;
    double down = 0;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        int row = Math.min(Math.max(y + i - 1, 0), picture.height() - 1);
        int column = Math.min(Math.max(x + j - 1, 0), picture.width() - 1);
        double luma =
            0.299 * RandomPicture.level(picture, row, column, 0)
                + 0.587 * RandomPicture.level(picture, row, column, 1)
                + 0.114 * RandomPicture.level(picture, row, column, 2);
        across += smooth[i] * slope[j] * luma;
        down += slope[i] * smooth[j] * luma;
      }
    }
    return Math.sqrt(across * across + down * down) / 8;
  }
}
