package dev.tessera.transformer.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.random.CounterRandom;
import org.junit.jupiter.api.Test;

class SurroundingsTest {
  @Test
  void whatIsKnownStaysAndTheRestLiesWithinItsRange() {
    for (int size = 1; size < 40; size++) {
      CounterRandom random = new CounterRandom(7, "field", size);
      int width = 1 + random.nextInt(9);
      float[] field = new float[size * width];
      boolean[] unknown = new boolean[size * width];
      for (int i = 0; i < field.length; i++) {
        unknown[i] = i > 0 && random.nextInt(4) > 0;
        field[i] = unknown[i] ? 1e6f : 5 + random.nextFloat();
      }
      float[] filled = field.clone();
      Surroundings.fill(filled, unknown, size, width);
      for (int i = 0; i < field.length; i++) {
        assertThat(filled[i]).as("size %d, %d", size, i).isBetween(5f, 6f);
        assertThat(unknown[i] || filled[i] == field[i]).isTrue();
      }
    }
  }

  @Test
  void aGapBetweenTwoColoursBecomesAPassageFromOneToTheOther() {
    float[] field = new float[16];
    boolean[] unknown = new boolean[16];
    for (int i = 0; i < 16; i++) {
      unknown[i] = i >= 4 && i < 12;
      field[i] = i < 4 ? 10 : 90;
    }
    Surroundings.fill(field, unknown, 1, 16);
    assertThat(field).isSorted();
    assertThat(field[7]).isBetween(25f, 75f);
  }

  @Test
  void channelsDoNotMix() {
    float[] field = {1, 2, 0, 0, 3, 2};
    Surroundings.fill(field, new boolean[] {false, true, false}, 1, 3);
    assertThat(field[2]).isBetween(1f, 3f);
    assertThat(field[3]).isEqualTo(2);
  }

  @Test
  void whereNothingIsKnownNothingChanges() {
    float[] field = {4, 5};
    Surroundings.fill(field, new boolean[] {true, true}, 1, 2);
    assertThat(field).containsExactly(4, 5);
  }
}
