package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.random.CounterRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotsTest {
  private static final int MAXIMUM = 9;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyRowFindsWhatItsParentHadInOneOfTheFirstSlots(long seed) {
    CounterRandom random = new CounterRandom(seed, "parents", 0);
    Slots slots = new Slots(MAXIMUM);
    int[] held = IntStream.range(0, MAXIMUM).toArray();
    int[] rows = held.clone();
    for (int round = 0; round < 200; round++) {
      int[] parents = random.ints(1 + random.nextInt(MAXIMUM), 0, rows.length).toArray();
      int[] expected = IntStream.of(parents).map(parent -> held[slots.of(parent)]).toArray();
      slots.reorder(parents, (from, to) -> held[to] = held[from]);
      for (int row = 0; row < parents.length; row++) {
        assertThat(held[slots.of(row)])
            .as("seed %d, round %d", seed, round)
            .isEqualTo(expected[row]);
      }
      assertThat(IntStream.range(0, parents.length).map(slots::of).sorted().toArray())
          .isEqualTo(IntStream.range(0, parents.length).toArray());
      rows = parents;
    }
  }

  @Test
  void whatStaysIsNotCopied() {
    Slots slots = new Slots(MAXIMUM);
    AtomicInteger copies = new AtomicInteger();
    slots.reorder(new int[] {2, 0, 1, 2}, (from, to) -> copies.incrementAndGet());
    assertThat(copies).hasValue(1);
  }
}
