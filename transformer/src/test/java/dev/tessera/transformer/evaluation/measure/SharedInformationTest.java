package dev.tessera.transformer.evaluation.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SharedInformationTest {
  @Test
  void anAnswerThatFollowsTheQuestionTellsAllOfIt() {
    SharedInformation shared =
        SharedInformation.of(List.of("a", "b", "c", "d"), List.of("w", "x", "y", "z"));
    assertThat(shared.bits()).isCloseTo(2, within(1e-9));
    assertThat(shared.possible()).isCloseTo(2, within(1e-9));
  }

  @Test
  void oneAnswerForAllTellsNothing() {
    SharedInformation shared = SharedInformation.of(List.of("a", "b"), List.of("x", "x"));
    assertThat(shared.bits()).isCloseTo(0, within(1e-9));
    assertThat(shared.possible()).isCloseTo(1, within(1e-9));
  }

  @Test
  void halfRightTellsAsMuchAsTheSumSays() {
    // Joint shares (a,x) ½, (b,x) ¼, (b,y) ¼: H(½) + H(¾, ¼) − H(½, ¼, ¼).
    SharedInformation shared =
        SharedInformation.of(List.of("a", "a", "b", "b"), List.of("x", "x", "x", "y"));
    assertThat(shared.bits()).isCloseTo(1 + 0.811278 - 1.5, within(1e-5));
  }
}
