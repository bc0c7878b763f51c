package dev.tessera.vqvae.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.random.CounterRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {
  /** Says yes to flips and draws the largest fraction. */
  private static final RandomGenerator MOST = () -> -1L;

  private static Rgb picture(int height, int width) {
    byte[] pixels = new byte[height * width * 3];
    new Random(height).nextBytes(pixels);
    return new Rgb(height, width, pixels);
  }

  /** Moved by definition; what comes from outside is the nearest edge pixel. */
  private static Rgb shifted(Rgb picture, int down, int right) {
    byte[] pixels = new byte[picture.pixels().length];
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        int row = Math.min(Math.max(y - down, 0), picture.height() - 1);
        int column = Math.min(Math.max(x - right, 0), picture.width() - 1);
        int colour = picture.colour(row, column);
        for (int c = 0; c < 3; c++) {
          pixels[(y * picture.width() + x) * 3 + c] = (byte) (colour >> (16 - 8 * c));
        }
      }
    }
    return new Rgb(picture.height(), picture.width(), pixels);
  }

  @Test
  void noneChangesNothing() {
    Rgb picture = picture(5, 7);
    for (int i = 0; i < 20; i++) {
      Rgb same = Augmentation.NONE.apply(picture, new CounterRandom(1, "test", i));
      assertThat(same.pixels()).isEqualTo(picture.pixels()).isNotSameAs(picture.pixels());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6})
  void everyShiftWithinTheLimitOccursAndFillsWithTheEdge(int limit) {
    Rgb picture = picture(5, 7);
    Augmentation augmentation = new Augmentation(limit, false, 1, 0, 0);
    Set<String> left = new HashSet<>();
    for (int down = -limit; down <= limit; down++) {
      for (int right = -limit; right <= limit; right++) {
        left.add(Arrays.toString(shifted(picture, down, right).pixels()));
      }
    }
    Set<String> allowed = Set.copyOf(left);
    for (int i = 0; i < 4000; i++) {
      byte[] pixels = augmentation.apply(picture, new CounterRandom(2, "test", i)).pixels();
      String text = Arrays.toString(pixels);
      assertThat(allowed).contains(text);
      left.remove(text);
    }
    assertThat(left).isEmpty();
  }

  @Test
  void flippingMirrorsLeftToRightAndTwiceIsNothing() {
    Rgb picture = picture(4, 5);
    Augmentation flip = new Augmentation(0, true, 1, 0, 0);
    Rgb once = flip.apply(picture, MOST);
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 5; x++) {
        assertThat(once.colour(y, x)).isEqualTo(picture.colour(y, 4 - x));
      }
    }
    assertThat(flip.apply(once, MOST).pixels()).isEqualTo(picture.pixels());
  }

  @Test
  void aboutHalfAreFlipped() {
    Rgb picture = picture(3, 4);
    Augmentation flip = new Augmentation(0, true, 1, 0, 0);
    int flipped = 0;
    for (int i = 0; i < 2000; i++) {
      Rgb changed = flip.apply(picture, new CounterRandom(3, "test", i));
      flipped += changed.colour(0, 0) == picture.colour(0, 0) ? 0 : 1;
    }
    assertThat(flipped).isBetween(900, 1100);
  }

  @Test
  void greysStayGreyUnderAnyTurn() {
    byte[] pixels = new byte[256 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 3);
    }
    Rgb greys = new Rgb(16, 16, pixels.clone());
    for (int i = 0; i < 200; i++) {
      Rgb turned =
          new Augmentation(0, false, 1, 180, 0).apply(greys, new CounterRandom(4, "test", i));
      assertThat(turned.pixels()).isEqualTo(pixels);
    }
  }

  @Test
  void aThirdOfATurnMakesRedGreenGreenBlueAndBlueRed() {
    Augmentation third = new Augmentation(0, false, 1, 120, 0);
    assertThat(third.apply(Rgb.solid(1, 1, 0xFF0000), MOST).colour(0, 0)).isEqualTo(0x00FF00);
    assertThat(third.apply(Rgb.solid(1, 1, 0x00FF00), MOST).colour(0, 0)).isEqualTo(0x0000FF);
    assertThat(third.apply(Rgb.solid(1, 1, 0x0000FF), MOST).colour(0, 0)).isEqualTo(0xFF0000);
    assertThat(third.apply(Rgb.solid(1, 1, 0x123456), MOST).colour(0, 0)).isEqualTo(0x561234);
  }

  @Test
  void turnsKeepTheBrightness() {
    for (int i = 0; i < 200; i++) {
      // Colours near grey, which no turn takes out of the range.
      Rgb picture = Rgb.solid(1, 1, 0x708090);
      byte[] rgb =
          new Augmentation(0, false, 1, 180, 0)
              .apply(picture, new CounterRandom(5, "test", i))
              .pixels();
      int sum = (rgb[0] & 0xFF) + (rgb[1] & 0xFF) + (rgb[2] & 0xFF);
      assertThat(sum).isBetween(0x70 + 0x80 + 0x90 - 2, 0x70 + 0x80 + 0x90 + 2);
    }
  }

  @Test
  void theSameDrawsGiveTheSamePictureAndTheOriginalIsKept() {
    Rgb picture = picture(6, 6);
    byte[] before = picture.pixels().clone();
    Augmentation augmentation = new Augmentation(2, true, 1, 30, 0);
    byte[] first = augmentation.apply(picture, new CounterRandom(6, "test", 1)).pixels();
    byte[] second = augmentation.apply(picture, new CounterRandom(6, "test", 1)).pixels();
    assertThat(first).isEqualTo(second).isNotEqualTo(before);
    assertThat(picture.pixels()).isEqualTo(before);
  }

  @Test
  void valuesOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Augmentation(65, false, 1, 0, 0))
        .withMessageContainingAll("maximum shift", "65");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Augmentation(0, false, 1, Double.NaN, 0))
        .withMessageContainingAll("hue", "NaN");
  }
}
