package dev.tessera.transformer.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What axial and rotary positions make of rows and columns. */
class PositionsTest {
  /** 2 text slots, 3 × 4 image slots, heads of 8 channels. */
  private static final TransformerConfig CONFIG =
      TransformerConfig.causal(257, 2, 7, 3, 4, 16, 1, 2);

  private static final Vocabulary VOCABULARY = new Vocabulary(CONFIG);

  @Test
  void axialPositionsAreOneRowForTextAndTwoForThePicture() {
    AxialPositions axial = new AxialPositions(CONFIG);
    assertThat(axial.rows()).isEqualTo(1 + 2 + 3 + 4);
    assertThat(axial.rowsOf(0)).containsExactly(0);
    assertThat(axial.rowsOf(VOCABULARY.textPosition(1))).containsExactly(2);
    assertThat(axial.rowsOf(VOCABULARY.imagePosition(0))).containsExactly(3, 6);
    assertThat(axial.rowsOf(VOCABULARY.imagePosition(11))).containsExactly(5, 9);
    Set<String> all = new HashSet<>();
    for (int position = 0; position < VOCABULARY.positions(); position++) {
      all.add(Arrays.toString(axial.rowsOf(position)));
    }
    assertThat(all).as("no two positions are the same sum").hasSize(VOCABULARY.positions());
  }

  @Test
  void theCountsOfAPositionAreItsRows() {
    AxialPositions axial = new AxialPositions(CONFIG);
    float[] counts = axial.counts();
    int start = VOCABULARY.imagePosition(6) * axial.rows();
    assertThat(Arrays.copyOfRange(counts, start, start + axial.rows()))
        .containsExactly(0, 0, 0, 0, 1, 0, 0, 0, 1, 0);
  }

  @Test
  void halfOfThePairsTurnWithTheRowAndHalfWithTheColumn() {
    RotaryAngles angles = new RotaryAngles(CONFIG);
    assertThat(angles.pairs()).isEqualTo(4);
    int first = VOCABULARY.imagePosition(0);
    int below = VOCABULARY.imagePosition(4);
    int right = VOCABULARY.imagePosition(1);
    for (int pair = 0; pair < 4; pair++) {
      double step = pair % 2 == 0 ? 1 : 0.1;
      double down = angles.angle(below, pair) - angles.angle(first, pair);
      double across = angles.angle(right, pair) - angles.angle(first, pair);
      assertThat(down).isCloseTo(pair < 2 ? step : 0, within(1e-12));
      assertThat(across).isCloseTo(pair < 2 ? 0 : step, within(1e-12));
    }
  }

  @Test
  void textTurnsAllPairsAndThePictureFollowsIt() {
    RotaryAngles angles = new RotaryAngles(CONFIG);
    for (int position = 0; position <= VOCABULARY.imagePosition(0); position++) {
      assertThat(angles.angle(position, 0)).isEqualTo(position);
      assertThat(angles.angle(position, 2)).isEqualTo(position);
    }
    assertThat(angles.cosines()[3 * 4 + 1]).isEqualTo((float) Math.cos(0.3));
    assertThat(angles.sines()[3 * 4 + 1]).isEqualTo((float) Math.sin(0.3));
  }
}
