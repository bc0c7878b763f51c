package dev.tessera.vqvae.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EpochOrderTest {
  private static final int[] EXAMPLES = {3, 5, 8, 13, 21, 34, 55};

  private static EpochOrder order(long seed) {
    return new EpochOrder(EXAMPLES, seed, "test");
  }

  private static List<Integer> epoch(EpochOrder order, int epoch) {
    return IntStream.range(0, EXAMPLES.length)
        .mapToObj(i -> order.at((long) epoch * EXAMPLES.length + i))
        .toList();
  }

  @Test
  void everyPassHoldsEveryExampleOnceInAnOrderOfItsOwn() {
    EpochOrder order = order(1);
    Set<List<Integer>> different = new HashSet<>();
    for (int epoch = 0; epoch < 50; epoch++) {
      assertThat(epoch(order, epoch)).containsExactlyInAnyOrder(3, 5, 8, 13, 21, 34, 55);
      different.add(epoch(order, epoch));
    }
    assertThat(different).hasSizeGreaterThan(48);
  }

  @Test
  void aPlaceHoldsTheSameHoweverItIsReached() {
    EpochOrder forwards = order(1);
    List<Integer> expected = IntStream.range(0, 100).mapToObj(forwards::at).toList();
    List<Integer> places = new ArrayList<>(IntStream.range(0, 100).boxed().toList());
    Collections.shuffle(places, new Random(2));
    EpochOrder jumping = order(1);
    for (int place : places) {
      assertThat(jumping.at(place)).isEqualTo(expected.get(place));
    }
    assertThat(order(1).at(99)).isEqualTo(expected.get(99));
  }

  @Test
  void anotherSeedOrPurposeIsAnotherOrder() {
    List<Integer> first = IntStream.range(0, 70).mapToObj(order(1)::at).toList();
    EpochOrder other = new EpochOrder(EXAMPLES, 1, "other");
    assertThat(IntStream.range(0, 70).mapToObj(order(2)::at).toList()).isNotEqualTo(first);
    assertThat(IntStream.range(0, 70).mapToObj(other::at).toList()).isNotEqualTo(first);
  }

  @Test
  void placesBeyondAnIntAreFine() {
    EpochOrder order = order(1);
    long place = 7L * (1L << 40);
    assertThat(order.epochOf(place)).isEqualTo(1L << 40);
    assertThat(IntStream.range(0, 7).map(i -> order.at(place + i)).sorted())
        .containsExactly(3, 5, 8, 13, 21, 34, 55);
  }

  @Test
  void nothingToTrainOnIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new EpochOrder(new int[0], 1, "test"));
  }
}
