package dev.tessera.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttentionMaskTest {
  /** Two inputs, then pictures of 4 × 4 tokens, as in DALL-E's figure 11, then one more. */
  private static final TokenGrid GRID = new TokenGrid(2, 4, 4);

  private static String seenBy(MaskPattern pattern, int query) {
    AttentionMask mask = new AttentionMask(pattern, GRID);
    StringBuilder seen = new StringBuilder();
    for (int key = 0; key < 19; key++) {
      seen.append(mask.attends(query, key) ? 'x' : '.');
    }
    return seen.toString();
  }

  @Test
  void masksLookAtTheFirstInputAndTheWindow() {
    for (int query = 0; query < 200; query++) {
      for (int key = 0; key < 200; key++) {
        boolean causal = key <= query;
        boolean near = key == 0 || key > query - MaskPattern.WINDOW;
        assertThat(AttentionMask.of(MaskPattern.CAUSAL).attends(query, key)).isEqualTo(causal);
        assertThat(AttentionMask.of(MaskPattern.LOCAL).attends(query, key))
            .isEqualTo(causal && near);
      }
    }
  }

  @Test
  void geometricPatternsAreThoseOfThePaper() {
    // The token in row 2, column 1. Text | row 0 | row 1 | row 2 | row 3 | what follows.
    assertThat(seenBy(MaskPattern.ROW, 11)).isEqualTo("xx" + "...." + ".xxx" + "xx.." + ".....");
    assertThat(seenBy(MaskPattern.COLUMN, 11)).isEqualTo("xx" + ".x.." + ".x.." + ".x.." + ".....");
    assertThat(seenBy(MaskPattern.CONV, 11)).isEqualTo("xx" + "...." + "xxx." + "xx.." + ".....");
  }

  @Test
  void squaresWrapAroundAtTheEdges() {
    // Row 2, column 0: the square's left column is the end of the rows above.
    assertThat(seenBy(MaskPattern.CONV, 10)).isEqualTo("xx" + "...x" + "xx.x" + "x..." + ".....");
    assertThat(seenBy(MaskPattern.ROW, 10)).isEqualTo("xx" + "...." + "xxxx" + "x..." + ".....");
  }

  @ParameterizedTest
  @EnumSource(names = {"ROW", "COLUMN", "CONV"})
  void whatIsNotThePictureSeesAndIsSeen(MaskPattern pattern) {
    assertThat(seenBy(pattern, 1)).isEqualTo("xx.................");
    assertThat(seenBy(pattern, 18)).isEqualTo("xxxxxxxxxxxxxxxxxxx");
    AttentionMask nowhere = new AttentionMask(pattern, TokenGrid.NONE);
    for (int key = 0; key < 19; key++) {
      assertThat(nowhere.attends(11, key)).isEqualTo(key <= 11);
    }
  }

  @Test
  void squaresHaveAboutAThirdOfTheWidth() {
    assertThat(new TokenGrid(0, 32, 32).kernel()).as("as in DALL-E").isEqualTo(11);
    assertThat(new TokenGrid(0, 8, 8).kernel()).isEqualTo(3);
    assertThat(new TokenGrid(0, 8, 2).kernel()).isEqualTo(1);
  }

  @Test
  void aGeometricPatternNeedsAPicture() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AttentionMask.of(MaskPattern.ROW))
        .withMessage("ROW needs to know where the picture is");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenGrid(0, 3, 0))
        .withMessageContaining("3 x 0");
  }

  @Test
  void otherPatternsAreTheSameWhereverThePictureIs() {
    assertThat(new AttentionMask(MaskPattern.LOCAL, GRID))
        .isEqualTo(AttentionMask.of(MaskPattern.LOCAL));
  }
}
