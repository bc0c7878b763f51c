package dev.tessera.transformer.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeighbourhoodTest {
  /** 2 text slots, 3 × 4 image slots. */
  private static final TransformerConfig CONFIG = config(1);

  private static final int[] TEXT = {5, 6};

  /** The code of an image slot is its number. */
  private static final int[] CODES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

  private static TransformerConfig config(int radius) {
    return TransformerConfig.causal(257, 2, 12, 3, 4, 16, 1, 2)
        .with(new Variant(PositionEncoding.ABSOLUTE, false, false, true, radius));
  }

  /** The neighbours of each image slot when it is predicted, −1 for unknown. */
  private static int[][] neighbours(TokenSequence sequence) {
    Neighbourhood neighbourhood = new Neighbourhood(CONFIG);
    Vocabulary vocabulary = new Vocabulary(CONFIG);
    int size = neighbourhood.size();
    int[] ids = new int[3 + sequence.length() * size];
    Arrays.fill(ids, -9);
    neighbourhood.fill(sequence.tokens(), sequence.positions(), sequence.targetPositions(), ids, 3);
    int[][] found = new int[CODES.length][];
    for (int i = 0; i < sequence.length(); i++) {
      int[] own = Arrays.copyOfRange(ids, 3 + i * size, 3 + (i + 1) * size);
      int target = sequence.targetPositions()[i];
      if (vocabulary.isImagePosition(target)) {
        found[vocabulary.imageSlot(target)] = Arrays.stream(own).map(id -> id - 1).toArray();
      } else {
        assertThat(own).as("of a text token").containsOnly(Neighbourhood.UNKNOWN);
      }
    }
    return found;
  }

  @Test
  void inRasterOrderWhatIsAboveAndToTheLeftIsKnown() {
    SequenceBuilder builder = new SequenceBuilder(CONFIG);
    for (Direction direction : Direction.values()) {
      int[][] found = neighbours(builder.build(TEXT, CODES, direction));
      assertThat(found[0]).containsOnly(-1).hasSize(8);
      assertThat(found[3]).containsExactly(-1, -1, -1, 2, -1, -1, -1, -1);
      assertThat(found[5]).containsExactly(0, 1, 2, 4, -1, -1, -1, -1);
      assertThat(found[8]).containsExactly(-1, 4, 5, -1, -1, -1, -1, -1);
      assertThat(found[11]).containsExactly(6, 7, -1, 10, -1, -1, -1, -1);
    }
  }

  @Test
  void aHoleKnowsWhatIsAroundItAndWhatItHasFilledAlready() {
    boolean[] known = new boolean[CODES.length];
    Arrays.fill(known, true);
    known[5] = false;
    known[6] = false;
    int[][] found = neighbours(new SequenceBuilder(CONFIG).infilling(TEXT, CODES, known));
    assertThat(found[5]).containsExactly(0, 1, 2, 4, -1, 8, 9, 10);
    assertThat(found[6]).containsExactly(1, 2, 3, 5, 7, 9, 10, 11);
    assertThat(found[7])
        .as("known, and predicted before the hole")
        .containsExactly(2, 3, -1, -1, -1, -1, -1, -1);
  }

  @Test
  void aWiderOneIsALargerSquare() {
    Neighbourhood none = new Neighbourhood(config(0));
    assertThat(List.of(none.size(), new Neighbourhood(config(3)).size())).containsExactly(0, 48);
    Neighbourhood wide = new Neighbourhood(config(2));
    Neighbourhood.Seen seen = wide.nothing();
    Vocabulary vocabulary = new Vocabulary(wide.config());
    seen.add(vocabulary.image(7), vocabulary.imagePosition(0));
    int[] ids = new int[wide.size()];
    seen.around(vocabulary.imagePosition(10), ids, 0);
    assertThat(ids[0]).as("two rows up, two columns to the left").isEqualTo(1 + 7);
    assertThat(ids).containsOnlyOnce(1 + 7);
    seen.around(vocabulary.imagePosition(11), ids, 0);
    assertThat(ids).as("three columns away").containsOnly(Neighbourhood.UNKNOWN);
  }

  @Test
  void whatIsNoImageTokenIsNotSeen() {
    Neighbourhood neighbourhood = new Neighbourhood(CONFIG);
    Vocabulary vocabulary = new Vocabulary(CONFIG);
    Neighbourhood.Seen seen = neighbourhood.nothing();
    seen.add(vocabulary.pad(0), vocabulary.imagePosition(0));
    seen.add(vocabulary.image(3), vocabulary.textPosition(0));
    int[] ids = new int[neighbourhood.size()];
    seen.around(vocabulary.imagePosition(1), ids, 0);
    assertThat(ids).containsOnly(Neighbourhood.UNKNOWN);
  }

  @Test
  void aCopyKnowsTheSameAndGoesOnByItself() {
    Neighbourhood neighbourhood = new Neighbourhood(CONFIG);
    Vocabulary vocabulary = new Vocabulary(CONFIG);
    Neighbourhood.Seen seen = neighbourhood.nothing();
    Neighbourhood.Seen copy = neighbourhood.nothing();
    seen.add(vocabulary.image(3), vocabulary.imagePosition(0));
    copy.copy(seen);
    seen.clear();
    seen.add(vocabulary.image(4), vocabulary.imagePosition(2));
    int[] ids = new int[neighbourhood.size()];
    copy.around(vocabulary.imagePosition(1), ids, 0);
    assertThat(ids).contains(1 + 3).doesNotContain(1 + 4);
  }
}
