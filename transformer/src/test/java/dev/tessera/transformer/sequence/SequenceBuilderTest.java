package dev.tessera.transformer.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tessera.transformer.TransformerConfig;
import org.junit.jupiter.api.Test;

class SequenceBuilderTest {
  private static final float C = 1 / 8f;
  private static final float G = 7 / 8f;

  /** Ids: 0, 1 orders; 2 … 258 text, 258 its end; 259 … 262 pads; 263 … 272 codes. */
  private final SequenceBuilder builder =
      new SequenceBuilder(TransformerConfig.causal(257, 4, 10, 1, 3, 8, 1, 1));

  @Test
  void forwardIsTextThenPicture() {
    TokenSequence sequence =
        builder.build(new int[] {5, 6}, new int[] {9, 0, 3}, Direction.FORWARD);

    assertThat(sequence.tokens()).containsExactly(0, 7, 8, 258, 262, 272, 263);
    assertThat(sequence.targets()).containsExactly(7, 8, 258, 262, 272, 263, 266);
    assertThat(sequence.positions()).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(sequence.targetPositions()).containsExactly(1, 2, 3, 4, 5, 6, 7);
    assertThat(sequence.weights()).containsExactly(C, C, C, 0, G, G, G);
  }

  @Test
  void reverseIsPictureThenTextAtTheSamePositions() {
    TokenSequence sequence =
        builder.build(new int[] {5, 6}, new int[] {9, 0, 3}, Direction.REVERSE);

    assertThat(sequence.tokens()).containsExactly(1, 272, 263, 266, 7, 8, 258);
    assertThat(sequence.targets()).containsExactly(272, 263, 266, 7, 8, 258, 262);
    assertThat(sequence.positions()).containsExactly(0, 5, 6, 7, 1, 2, 3);
    assertThat(sequence.targetPositions()).containsExactly(5, 6, 7, 1, 2, 3, 4);
    assertThat(sequence.weights()).containsExactly(C, C, C, G, G, G, 0);
  }

  @Test
  void infillingIsTextThenWhatIsKnownThenTheHole() {
    SequenceBuilder filling =
        new SequenceBuilder(
            TransformerConfig.causal(257, 4, 10, 1, 3, 8, 1, 1).withInfilling(true));
    // One more order token: every other id is one higher.
    TokenSequence sequence =
        filling.infilling(
            new int[] {5, 6}, new int[] {9, 0, 3}, new boolean[] {false, true, false});

    assertThat(sequence.tokens()).containsExactly(2, 8, 9, 259, 263, 264, 273);
    assertThat(sequence.targets()).containsExactly(8, 9, 259, 263, 264, 273, 267);
    assertThat(sequence.positions()).containsExactly(0, 1, 2, 3, 4, 6, 5);
    assertThat(sequence.targetPositions()).containsExactly(1, 2, 3, 4, 6, 5, 7);
    assertThat(sequence.weights()).containsExactly(0, 0, 0, 0, 0, G, G);

    TokenSequence whole =
        filling.infillingWhole(
            new int[] {5, 6}, new int[] {9, 0, 3}, new boolean[] {false, true, false});
    assertThat(whole.tokens()).isEqualTo(sequence.tokens());
    assertThat(whole.positions()).isEqualTo(sequence.positions());
    assertThat(whole.targetPositions()).isEqualTo(sequence.targetPositions());
    assertThat(whole.targets()).isEqualTo(sequence.targets());
    assertThat(whole.weights()).containsExactly(0, 0, 0, 0, G, G, G);
  }

  @Test
  void aModelWithoutInfillingAndAHoleThatIsNoneAreNamed() {
    boolean[] known = {false, true, true};
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.infillingLayout(known))
        .withMessage("the model was trained without infilling");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.infillingLayout(new boolean[] {true, true, true}))
        .withMessageContaining("every code is known");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.infillingLayout(new boolean[] {false}))
        .withMessage("there are 1 marks of known codes, but the model's grid has 3");
  }

  @Test
  void longTextIsCutSoThatItsEndFits() {
    int[] fits = {1, 2, 3};
    int[] tooLong = {1, 2, 3, 4};

    assertThat(builder.isTruncated(fits)).isFalse();
    assertThat(builder.isTruncated(tooLong)).isTrue();
    assertThat(builder.textIds(fits)).containsExactly(3, 4, 5, 258);
    assertThat(builder.textIds(tooLong)).containsExactly(3, 4, 5, 258);
  }

  @Test
  void droppedTextIsAnEndAndPadsThatDoNotCount() {
    TokenSequence sequence = builder.build(new int[0], new int[] {1, 1, 1}, Direction.FORWARD);

    assertThat(sequence.tokens()).containsExactly(0, 258, 260, 261, 262, 264, 264);
    assertThat(sequence.weights()).containsExactly(0, 0, 0, 0, G, G, G);
  }

  @Test
  void idsOutsideTheirRangesAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.textIds(new int[] {256}))
        .withMessage("text token is 256, but must be 0 to 255");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.imageIds(new int[] {0, 10, 0}))
        .withMessage("image code is 10, but must be 0 to 9");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.imageIds(new int[] {0}))
        .withMessage("a picture has 1 codes, but the model's grid has 3");
  }
}
