package dev.tessera.vqvae.data;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
  private static PictureEntry entry(String id, String concept, String style) {
    return new PictureEntry(id, List.of(), concept, style, false, 8, 8);
  }

  private static List<PictureEntry> files(int count) {
    return IntStream.range(0, count).mapToObj(i -> entry("folder/" + i, "", "")).toList();
  }

  private static Set<String> heldOut(List<PictureEntry> entries, boolean[] flags) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < flags.length; i++) {
      if (flags[i]) {
        ids.add(entries.get(i).id());
      }
    }
    return ids;
  }

  private static Set<String> byId(List<PictureEntry> entries, PrepareOptions options) {
    return heldOut(entries, Split.byId(entries, options));
  }

  @Test
  void aTwentiethOfAFolderIsHeldOut() {
    assertThat(byId(files(10_000), PrepareOptions.DEFAULT).size()).isBetween(430, 570);
    assertThat(byId(files(10_000), new PrepareOptions(0, 0.5, 0)).size()).isBetween(4800, 5200);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 19})
  void aSmallFolderIsTrainedOnWhole(int count) {
    assertThat(byId(files(count), new PrepareOptions(0, 0.5, 0))).isEmpty();
  }

  @Test
  void twentyPicturesGiveAtLeastOne() {
    for (int seed = 0; seed < 100; seed++) {
      assertThat(byId(files(20), new PrepareOptions(seed, 0.001, 0))).as("seed " + seed).hasSize(1);
      assertThat(byId(files(20), new PrepareOptions(seed, 0, 0))).isEmpty();
    }
  }

  @Test
  void neitherOrderNorNewFilesMoveAPicture() {
    List<PictureEntry> files = new ArrayList<>(files(2000));
    Set<String> before = byId(files, PrepareOptions.DEFAULT);
    Collections.shuffle(files, new Random(1));
    files.add(entry("new", "", ""));

    Set<String> after = byId(files, PrepareOptions.DEFAULT);

    after.remove("new");
    assertThat(after).isEqualTo(before);
    assertThat(byId(files, new PrepareOptions(1, 0.05, 0))).isNotEqualTo(before);
  }

  @Test
  void aHeldOutPairIsTrainedOnInAnotherStyle() {
    List<PictureEntry> entries = new ArrayList<>();
    for (int concept = 0; concept < 1000; concept++) {
      for (int style = 0; style < 1 + concept % 4; style++) {
        entries.add(entry(style + "/" + concept, "c" + concept, "s" + style));
      }
    }
    // So many that the hash alone would take all styles of some concepts.
    PrepareOptions half = new PrepareOptions(0, 0.5, 0);

    boolean[] heldOut = Split.byPair(entries, half);

    Set<String> trained = new HashSet<>();
    for (int i = 0; i < heldOut.length; i++) {
      if (!heldOut[i]) {
        trained.add(entries.get(i).concept());
      }
    }
    assertThat(trained).hasSize(1000);
    assertThat(heldOut(entries, heldOut).size()).isBetween(800, 1250);
    assertThat(heldOut(entries, heldOut))
        .noneMatch(id -> Integer.parseInt(id.substring(2)) % 4 == 0);
    assertThat(Split.byPair(entries, new PrepareOptions(99, 0.5, 0))).isEqualTo(heldOut);
    assertThat(Split.byPair(entries, new PrepareOptions(0, 0, 0))).containsOnly(false);
  }

  @Test
  void optionsAreFractions() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PrepareOptions(0, 0.6, 0.05))
        .withMessage("heldOutFraction is 0.6, but must be 0 to 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PrepareOptions(0, 0.05, Double.NaN))
        .withMessage("maxBrokenFraction is NaN, but must be 0 to 1.0");
  }
}
