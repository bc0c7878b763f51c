package dev.tessera.transformer.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.transformer.TransformerConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final TransformerConfig CONFIG =
      TransformerConfig.causal(257, 4, 10, 1, 3, 8, 1, 1);

  private final Vocabulary vocabulary = new Vocabulary(CONFIG);
  private final SequenceBuilder builder = new SequenceBuilder(CONFIG);

  @Test
  void eachModalityIsWeighedByItsOwnNumberOfTokens() {
    // Texts of 3 and 2 tokens with their ends, pictures of 3 codes each.
    Batch batch =
        Batch.of(
            vocabulary,
            List.of(sequence(Direction.FORWARD, 5, 6), sequence(Direction.FORWARD, 7)),
            2);

    assertThat(batch.textCount()).isEqualTo(5);
    assertThat(batch.imageCount()).isEqualTo(6);
    assertThat(sum(batch, Batch.TEXT)).isCloseTo(1 / 8.0, within(1e-6));
    assertThat(sum(batch, Batch.IMAGE)).isCloseTo(7 / 8.0, within(1e-6));
    assertThat(batch.weights()[0]).isEqualTo(1 / 8f / 5);
    assertThat(batch.weights()[6]).isEqualTo(7 / 8f / 6);
    assertThat(batch.modality()).containsExactly(0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1);
  }

  @Test
  void directionsMix() {
    Batch batch =
        Batch.of(
            vocabulary,
            List.of(sequence(Direction.FORWARD, 5, 6), sequence(Direction.REVERSE, 7)),
            2);

    assertThat(sum(batch, Batch.TEXT)).isCloseTo((3 / 8.0 + 2 * 7 / 8.0) / 5, within(1e-6));
    assertThat(sum(batch, Batch.IMAGE)).isCloseTo((3 * 7 / 8.0 + 3 / 8.0) / 6, within(1e-6));
    assertThat(batch.modality()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
  }

  @Test
  void aShortBatchIsFilledWithSequencesThatDoNotCount() {
    TokenSequence only = sequence(Direction.FORWARD, 5, 6);
    Batch alone = Batch.of(vocabulary, List.of(only), 1);
    Batch filled = Batch.of(vocabulary, List.of(only), 3);

    assertThat(filled.sequences()).isEqualTo(1);
    assertThat(filled.tokens()).hasSize(21);
    assertThat(filled.weights()).startsWith(alone.weights());
    for (int i = 7; i < 21; i++) {
      assertThat(filled.weights()[i]).isZero();
    }
  }

  @Test
  void aBatchWithoutAnyTextStillHasFiniteWeights() {
    Batch batch = Batch.of(vocabulary, List.of(sequence(Direction.FORWARD)), 1);

    assertThat(batch.textCount()).isZero();
    assertThat(sum(batch, Batch.TEXT)).isZero();
    assertThat(sum(batch, Batch.IMAGE)).isCloseTo(7 / 8.0, within(1e-6));
  }

  @Test
  void sizesMustFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Batch.of(vocabulary, List.of(), 2))
        .withMessage("a batch has 0 sequences, but must have 1 to 2");
  }

  private TokenSequence sequence(Direction direction, int... bpe) {
    return builder.build(bpe, new int[] {9, 0, 3}, direction);
  }

  private static double sum(Batch batch, int modality) {
    double sum = 0;
    for (int i = 0; i < batch.weights().length; i++) {
      if (batch.modality()[i] == modality) {
        sum += batch.weights()[i];
      }
    }
    return sum;
  }
}
