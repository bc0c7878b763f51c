package dev.tessera.transformer.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.random.CounterRandom;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HolesTest {
  private static final Holes HOLES = new Holes(4, 5);

  @Test
  void somethingIsAlwaysToBeFilledAndHolesHaveAllSizes() {
    Set<Integer> sizes = new TreeSet<>();
    for (int i = 0; i < 5000; i++) {
      boolean[] known = HOLES.draw(new CounterRandom(3, "hole", i));
      int size = 0;
      for (boolean one : known) {
        size += one ? 0 : 1;
      }
      sizes.add(size);
    }
    assertThat(sizes).hasSize(20).doesNotContain(0);
  }

  @Test
  void halvesFromEachSideABoxAndItsSurroundingsOccur() {
    Set<String> drawn = new TreeSet<>();
    for (int i = 0; i < 5000; i++) {
      drawn.add(picture(HOLES.draw(new CounterRandom(3, "hole", i))));
    }
    assertThat(drawn)
        .contains(
            "....." + "....." + "#####" + "#####",
            "#####" + "#####" + "....." + ".....",
            "..###" + "..###" + "..###" + "..###",
            "###.." + "###.." + "###.." + "###..",
            "#####" + "#...#" + "#...#" + "#####",
            "....." + ".###." + ".###." + ".....");
    assertThat(drawn.size()).as("scattered holes hardly repeat").isGreaterThan(900);
  }

  @Test
  void aBoxIsWhereItIsAskedFor() {
    assertThat(picture(HOLES.box(1, 2, 2, 3))).isEqualTo("#####" + "##..." + "##..." + "#####");
  }

  @Test
  void aGridOfOneTokenIsAHole() {
    for (int i = 0; i < 50; i++) {
      assertThat(new Holes(1, 1).draw(new CounterRandom(3, "hole", i))).containsExactly(false);
    }
  }

  /** Known slots are #. */
  private static String picture(boolean[] known) {
    StringBuilder picture = new StringBuilder();
    for (boolean one : known) {
      picture.append(one ? '#' : '.');
    }
    return picture.toString();
  }
}
