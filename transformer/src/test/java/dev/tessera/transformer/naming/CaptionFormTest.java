package dev.tessera.transformer.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.random.CounterRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CaptionFormTest {
  private static final List<String> CAPTIONS =
      List.of("sun, noto style", "ghost, blob style", "sun, blob style", "ghost, noto style");
  private static final CaptionForm FORM = CaptionForm.of(CAPTIONS).orElseThrow();

  @Test
  void partsAreSortedByPlaceAndEachIsKeptOnce() {
    assertThat(FORM.places())
        .containsExactly(List.of("ghost", "sun"), List.of("blob style", "noto style"));
    assertThat(FORM.caption(new int[] {1, 0})).isEqualTo("sun, blob style");
  }

  @Test
  void captionsAreTakenApartWhereTheyHaveTheForm() {
    assertThat(FORM.parse("ghost, noto style").orElseThrow()).containsExactly(0, 1);
    assertThat(FORM.parse(" sun ,noto style").orElseThrow()).containsExactly(1, 1);
    assertThat(FORM.parse("zebra, noto style").orElseThrow()).containsExactly(-1, 1);
    assertThat(FORM.parse("a, noto style").orElseThrow()).containsExactly(-1, 1);
    assertThat(FORM.parse("ghost")).isEmpty();
    assertThat(FORM.parse("a, ghost, noto style")).isEmpty();
  }

  @Test
  void theFormOfMostCaptionsCounts() {
    List<String> mixed = new ArrayList<>(CAPTIONS);
    mixed.addAll(List.of("a dog", "a dog", "one, two, three"));
    assertThat(CaptionForm.of(mixed)).contains(FORM);
  }

  @Test
  void captionsWhosePartsDoNotComeBackHaveNone() {
    assertThat(CaptionForm.of(List.of("a dog runs", "a cat sleeps", "two men talk"))).isEmpty();
    assertThat(CaptionForm.of(List.of("dog", "dog", "cat", "cat"))).isPresent();
    assertThat(CaptionForm.of(List.of("dog", "dog", "cat"))).isEmpty();
    assertThat(CaptionForm.of(List.of())).isEmpty();
    assertThat(CaptionForm.of(List.of(" ", "a,,b"))).isEmpty();
    String nine = "a, a, a, a, a, a, a, a, a";
    assertThat(CaptionForm.of(List.of(nine, nine))).isEmpty();
    String broken = "half \uD83D"; // which no file could hold
    assertThat(CaptionForm.of(List.of(broken, broken, "x".repeat(201), "x".repeat(201)))).isEmpty();
  }

  @Test
  void theBestChoicesAreThoseOfTheHighestSums() {
    CounterRandom random = new CounterRandom(4, "scores", 0);
    double[][] scores = new double[3][];
    for (int place = 0; place < 3; place++) {
      scores[place] = IntStream.range(0, 4 + place).mapToDouble(i -> random.nextDouble()).toArray();
    }
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < 4 * 5 * 6; i++) {
      all.add(new int[] {i % 4, i / 4 % 5, i / 20});
    }
    all.sort(Comparator.comparingDouble(choice -> -CaptionForm.sum(scores, choice)));
    List<int[]> best = CaptionForm.best(scores, 7);
    assertThat(best).hasSize(7);
    for (int i = 0; i < 7; i++) {
      assertThat(best.get(i)).as("choice %d", i).isEqualTo(all.get(i));
    }
    assertThat(CaptionForm.best(scores, 1000)).hasSize(4 * 5 * 6);
  }

  @Test
  void disorderIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CaptionForm(List.of(List.of("b", "a"))))
        .withMessageContaining("has \"a\" after \"b\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CaptionForm(List.of()))
        .withMessageContaining("has 0 places");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CaptionForm(List.of(List.of())))
        .withMessageContaining("has a place of 0 parts");
  }

  /** What it would write would be spelt as no caption is that training saw. */
  @Test
  void captionsThatAreJoinedOtherwiseHaveNoForm() {
    List<String> captions = List.of("sun,red", "sun,blue", "moon,red", "moon,blue");
    assertThat(CaptionForm.of(captions)).isEmpty();
    List<String> spaced = captions.stream().map(caption -> caption.replace(",", ", ")).toList();
    assertThat(CaptionForm.of(spaced)).isPresent();
  }

  @Test
  void thePlaceOfMostPartsTellsWhatIsShownHoweverFewTheyAre() {
    CaptionForm few = new CaptionForm(List.of(List.of("a", "b"), List.of("moon", "sun", "tree")));
    assertThat(Aspect.of(few, 0)).isEqualTo(Aspect.DRAWN);
    assertThat(Aspect.of(few, 1)).isEqualTo(Aspect.SHOWN);
    assertThat(Aspect.of(new CaptionForm(List.of(List.of("sun"))), 0)).isEqualTo(Aspect.SHOWN);
  }
}
