package dev.tessera.transformer.ranker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownCaptionsTest {
  @Test
  void captionsAreKeptOnceAndInOrder() {
    assertThat(KnownCaptions.of(List.of("sun", "a ghost", "sun", " ", "")).texts())
        .containsExactly("a ghost", "sun");
    assertThat(KnownCaptions.of(List.of()).texts()).isEmpty();
  }

  @Test
  void whatNoFileCouldHoldIsPassedOver() {
    assertThat(KnownCaptions.of(List.of("x".repeat(201), "half \uD83D", "y".repeat(200))).texts())
        .containsExactly("y".repeat(200));
  }

  @Test
  void tooManyAreThinnedEvenly() {
    List<String> many = IntStream.range(0, 60_000).mapToObj("%05d"::formatted).toList();
    List<String> kept = KnownCaptions.of(many).texts();
    assertThat(kept).hasSize(20_000).startsWith("00000", "00003").endsWith("59997");
  }

  @Test
  void disorderIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KnownCaptions(List.of("b", "a")))
        .withMessage("captions must be sorted, but \"a\" comes after \"b\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KnownCaptions(List.of("")))
        .withMessageContaining("0 characters");
  }
}
