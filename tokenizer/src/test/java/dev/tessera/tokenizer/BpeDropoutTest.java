package dev.tessera.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BpeDropoutTest {
  private static final Bpe BPE = Bpe.train(BpeFileTest.CAPTIONS, 320);

  @ParameterizedTest
  @CsvSource({"1,0.1", "2,0.1", "3,0.5", "4,0.9"})
  void theSameDrawsGiveTheIdsOfTheNaiveEncoder(long seed, double dropout) {
    Random random = new Random(seed);
    List<String> captions = RandomText.captions(random, 60);
    NaiveBpe naive = NaiveBpe.train(captions, 100);
    Bpe bpe = Bpe.train(captions, 257 + 100);
    int changed = 0;
    for (String text : RandomText.captions(random, 100)) {
      long draw = random.nextLong();
      int[] ids = bpe.encode(text, dropout, new Random(draw));
      assertThat(ids)
          .as("seed %d: %s", seed, text)
          .isEqualTo(naive.encode(text, dropout, new Random(draw)));
      assertThat(bpe.decode(ids)).as("seed %d", seed).isEqualTo(text);
      changed += ids.length > bpe.encode(text).length ? 1 : 0;
    }
    assertThat(changed).as("seed %d", seed).isGreaterThan(20);
  }

  /**
   * "low" with merges lo, low: the first is passed over with 0.25, and then nothing can be joined;
   * else the second is, with 0.25.
   */
  @Test
  void formsComeAsOftenAsWorkedOutByHand() {
    Bpe bpe = Bpe.train(List.of("low", "low"), 257 + 2);
    assertThat(bpe.encode("low")).hasSize(1);
    Random random = new Random(5);
    int draws = 20_000;
    Map<Integer, Integer> lengths = new HashMap<>();
    for (int i = 0; i < draws; i++) {
      lengths.merge(bpe.encode("low", 0.25, random).length, 1, Integer::sum);
    }
    double[] expected = {0, 0.75 * 0.75, 0.75 * 0.25, 0.25};
    for (int length = 1; length < expected.length; length++) {
      double share = lengths.getOrDefault(length, 0) / (double) draws;
      assertThat(share).as("of length %d", length).isCloseTo(expected[length], within(0.015));
    }
  }

  @Test
  void noDropoutDrawsNothingAndFullDropoutGivesBytes() {
    String text = "smiling face with hearts";
    assertThat(
            BPE.encode(
                text,
                0,
                () -> {
                  throw new AssertionError("drawn");
                }))
        .isEqualTo(BPE.encode(text));
    assertThat(BPE.encode(text, 1, new Random(1))).isEqualTo(text.chars().toArray());
  }

  @Test
  void aTextComesInManyFormsThatAllDecodeToIt() {
    String text = "ghost, twemoji style";
    Random random = new Random(7);
    Set<String> forms = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      int[] ids = BPE.encode(text, 0.3, random);
      List<Integer> boxed = new ArrayList<>();
      for (int id : ids) {
        boxed.add(id);
      }
      forms.add(boxed.toString());
      assertThat(BPE.decode(ids)).isEqualTo(text);
      assertThat(new HashSet<>(boxed))
          .doesNotContainAnyElementsOf(Collections.singleton(BPE.endOfText()));
    }
    assertThat(forms).hasSizeGreaterThan(50);
  }

  @Test
  void aMegabyteIsEncodedWithDropout() {
    Bpe bpe = Bpe.train(List.of("abab ab"), 300);
    String text = "ab".repeat(500_000);
    int[] ids = bpe.encode(text, 0.1, new Random(1));
    assertThat(ids.length).isBetween(bpe.encode(text).length, text.length());
    assertThat(bpe.decode(ids).equals(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void dropoutThatIsNoProbabilityIsRefused(double dropout) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BPE.encode("a", dropout, new Random(1)))
        .withMessage("dropout is " + dropout + ", but must be 0 to 1");
  }
}
