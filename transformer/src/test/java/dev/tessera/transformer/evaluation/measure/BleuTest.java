package dev.tessera.transformer.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BleuTest {
  @Test
  void aTextThatIsItsReferenceHasOne() {
    Bleu bleu = new Bleu(4);
    bleu.add("a red house, noto style", List.of("A red house, noto style"));
    assertThat(bleu.value()).isCloseTo(1, within(1e-12));
  }

  @Test
  void aRepeatedWordCountsAsOftenAsInOneReference() {
    // The example of the paper: "the" occurs twice in a reference, seven times in the text.
    Bleu bleu = new Bleu(1);
    bleu.add(
        "the the the the the the the",
        List.of("the cat is on the mat", "there is a cat on the mat"));
    assertThat(bleu.value()).isCloseTo(2.0 / 7, within(1e-12));
  }

  @Test
  void precisionsAreAveragedGeometricallyAndShortTextsPay() {
    // Words: 3 of 3 right; pairs: 1 of 2 ("red house"); 3 words for 5 of the reference.
    Bleu bleu = new Bleu(2);
    bleu.add("house red house", List.of("house with a red house"));
    assertThat(bleu.value())
        .isCloseTo(Math.exp(1 - 5.0 / 3) * Math.sqrt(1.0 * 1 / 2), within(1e-12));
  }

  @Test
  void countsArePooledOverTheSetAndNotAveraged() {
    Bleu bleu = new Bleu(1);
    bleu.add("sun", List.of("sun"));
    bleu.add("one two three", List.of("four five six"));
    assertThat(bleu.value()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void noRightFourWordsMeansZero() {
    Bleu bleu = new Bleu(4);
    bleu.add("a red house stands", List.of("a red house falls"));
    assertThat(bleu.value()).isZero();
  }

  @Test
  void ofReferencesTheClosestInLengthIsTheMeasure() {
    Bleu bleu = new Bleu(1);
    bleu.add("a b c", List.of("a b c d e f", "a b"));
    assertThat(bleu.value()).isCloseTo(1, within(1e-12));
  }

  @Test
  void nothingMeasuredIsNotANumber() {
    assertThat(new Bleu(4).value()).isNaN();
  }
}
