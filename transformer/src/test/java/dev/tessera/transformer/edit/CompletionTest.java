package dev.tessera.transformer.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {
  /** Pictures of 16×16 pixels, 4×4 tokens. */
  private static final VqvaeConfig CONFIG = config(PictureConfig.square(16));

  @ParameterizedTest
  @CsvSource({
    // A token is filled if any of its pixels is: five rows reach into the second row of tokens.
    "box:0;0;16;4, ....############",
    "box:0;0;16;5, ........########",
    "bottom:0.5,   ########........",
    "left:0.5,     ..##..##..##..##",
    "box:7;7;2;2,  #####..##..#####",
    "box:4;4;1;1,  #####.##########"
  })
  void tokensAreFilledIfAnyOfTheirPixelsIs(String shape, String tokens) {
    assertThat(tokens(16, 16, shape)).isEqualTo(tokens);
  }

  @ParameterizedTest
  @CsvSource({
    // Four, a half and one and a half pixels of the picture for each of the model's.
    "64, 64, box:0;0;64;17, ........########",
    "64, 64, box:15;15;1;1, .###############",
    "8,  8,  box:2;2;1;1,   #####.##########",
    "24, 24, box:5;0;1;6,   .###############",
    "24, 24, box:5;0;2;6,   ..##############"
  })
  void picturesOfOtherSizesHaveTheSameTokens(int height, int width, String shape, String tokens) {
    assertThat(tokens(height, width, shape)).isEqualTo(tokens);
  }

  @ParameterizedTest
  @CsvSource({"16, 16", "40, 40", "9, 9"})
  void keptPixelsComeBackToTheBit(int height, int width) {
    Rgb picture = noise(height, width, 1);
    PictureMask mask = mask("box:2;3;4;5", height, width);
    Rgb finished = new Completion(CONFIG, picture, mask).finish(noise(16, 16, 2));

    assertThat(finished.height()).isEqualTo(height);
    assertThat(finished.width()).isEqualTo(width);
    int changed = 0;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        boolean same = finished.colour(row, column) == picture.colour(row, column);
        assertThat(same || mask.fills(row, column)).as("%d, %d", row, column).isTrue();
        changed += same ? 0 : 1;
      }
    }
    assertThat(changed).isGreaterThan(15);
  }

  @Test
  void whatLiesUnderTheMaskChangesNothing() {
    Rgb picture = noise(16, 16, 1);
    PictureMask mask = mask("box:3;5;9;6", 16, 16);
    Rgb other = noise(16, 16, 3);
    for (int row = 0; row < 16; row++) {
      for (int column = 0; column < 16; column++) {
        if (!mask.fills(row, column)) {
          System.arraycopy(
              picture.pixels(),
              (row * 16 + column) * 3,
              other.pixels(),
              (row * 16 + column) * 3,
              3);
        }
      }
    }
    Rgb made = noise(16, 16, 2);
    Completion first = new Completion(CONFIG, picture, mask);
    Completion second = new Completion(CONFIG, other, mask);

    assertThat(other.pixels()).isNotEqualTo(picture.pixels());
    assertThat(second.seen().pixels()).isEqualTo(first.seen().pixels());
    assertThat(second.finish(made).pixels()).isEqualTo(first.finish(made).pixels());
  }

  @Test
  void whereEverythingIsFilledThePictureIsTheModels() {
    Rgb made = noise(16, 16, 2);
    Completion whole = new Completion(CONFIG, noise(16, 16, 1), mask("top:1", 16, 16));
    assertThat(whole.finish(made).pixels()).isEqualTo(made.pixels());
  }

  @Test
  void aSeamIsClosedInsideTheMaskAndWithinATokensLength() {
    // The model's picture is darker by 40 wherever the picture is known.
    Rgb finished =
        new Completion(CONFIG, Rgb.solid(16, 16, 0x808080), mask("right:0.5", 16, 16))
            .finish(Rgb.solid(16, 16, 0x585858));
    int[] row = new int[16];
    for (int column = 0; column < 16; column++) {
      row[column] = finished.colour(8, column) & 0xFF;
    }
    assertThat(row).startsWith(128, 128, 128, 128, 128, 128, 128, 128);
    assertThat(row[8]).isBetween(110, 127);
    for (int column = 9; column < 12; column++) {
      assertThat(row[column]).isLessThan(row[column - 1]);
    }
    assertThat(row).endsWith(88, 88, 88, 88);
  }

  @Test
  void aMaskThatDoesNotFitIsNamed() {
    Rgb wide = Rgb.solid(16, 32, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Completion(CONFIG, wide, mask("top:0.5", 16, 16)))
        .withMessage("the mask has 16 × 16 pixels, but the picture has 32 × 16");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Completion(CONFIG, wide, new PictureMask(16, 32, new boolean[16 * 32])))
        .withMessage("the mask fills nothing of the picture");
    // The model sees the middle of a wide picture only.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Completion(CONFIG, wide, mask("left:0.5", 16, 32)))
        .withMessageContaining("reaches beyond what the model sees");
    assertThat(new Completion(CONFIG, wide, mask("box:8;0;8;16", 16, 32)).known())
        .startsWith(false, false, true, true);
    VqvaeConfig padded = config(new PictureConfig(16, 16, 0xFFFFFF, PictureConfig.Fit.PAD));
    assertThat(new Completion(padded, wide, mask("left:0.5", 16, 32)).known())
        .startsWith(true, true, true, true, false, false, true, true);
  }

  private static String tokens(int height, int width, String shape) {
    boolean[] known =
        new Completion(CONFIG, Rgb.solid(height, width, 0), mask(shape, height, width)).known();
    StringBuilder tokens = new StringBuilder();
    for (boolean one : known) {
      tokens.append(one ? '#' : '.');
    }
    return tokens.toString();
  }

  private static PictureMask mask(String shape, int height, int width) {
    return MaskShape.parse(shape.replace(';', ',')).orElseThrow().on(height, width);
  }

  private static VqvaeConfig config(PictureConfig picture) {
    return new VqvaeConfig(picture, 4, 8, 8, 1, new FiniteScalar(List.of(4, 3, 3)));
  }

  private static Rgb noise(int height, int width, long seed) {
    byte[] pixels = new byte[height * width * 3];
    new CounterRandom(seed, "noise", 0).nextBytes(pixels);
    return new Rgb(height, width, pixels);
  }
}
