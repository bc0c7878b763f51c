package dev.tessera.transformer.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskShapeTest {
  @ParameterizedTest
  @CsvSource({
    "top:0.5,     **** **** .... ....",
    "bottom:0.25, .... .... .... ****",
    "left:0.75,   ***. ***. ***. ***.",
    "RIGHT:0.25,  ...* ...* ...* ...*",
    "top:0.01,    **** .... .... ....",
    "box:1;2;3;1, .... .... .*** ...."
  })
  void whatAShapeNamesIsFilled(String text, String filled) {
    PictureMask mask = MaskShape.parse(text.replace(';', ',')).orElseThrow().on(4, 4);
    StringBuilder found = new StringBuilder();
    for (int row = 0; row < 4; row++) {
      found.append(row == 0 ? "" : " ");
      for (int column = 0; column < 4; column++) {
        found.append(mask.fills(row, column) ? '*' : '.');
      }
    }
    assertThat(found.toString()).isEqualTo(filled);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mask.png", "folder/top.png", "C:\\mask.png"})
  void anythingElseIsAFile(String text) {
    assertThat(MaskShape.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "top:half,     must be a file or top:SHARE",
    "top:,         must be a file or top:SHARE",
    "left:0,       'share of a mask is 0.0, but must be above 0 to 1'",
    "left:1.5,     'share of a mask is 1.5, but must be above 0 to 1'",
    "top:NaN,      share of a mask is NaN",
    "box:1;2;3,    needs four whole numbers of pixels",
    "box:1;2;0.5;4, needs four whole numbers of pixels",
    "box:0;0;0;4,  must have one at least",
    "box:-1;0;2;4, must have one at least"
  })
  void aShapeThatIsNoneIsNamed(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MaskShape.parse(text.replace(';', ',')))
        .withMessageContaining(message);
  }

  @Test
  void aBoxMustLieWithinThePicture() {
    MaskShape box = MaskShape.parse("box:2,0,3,1").orElseThrow();
    assertThat(box.on(1, 5).fills(0, 4)).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> box.on(4, 4))
        .withMessageContainingAll("2,0", "3 × 1", "4 × 4");
  }
}
