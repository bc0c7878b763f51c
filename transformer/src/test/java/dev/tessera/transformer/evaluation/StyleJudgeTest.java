package dev.tessera.transformer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.evaluation.feature.Softening;
import dev.tessera.transformer.evaluation.feature.StyleProbe;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StyleJudgeTest {
  private static final int SIDE = 16;

  /** Rows and columns have the same colours and edges, so that the network alone sees them. */
  @Test
  void shapesAreSeenEvenThroughACodec() {
    List<Rgb> others = stripes(400, 60);
    List<String> truth = names(60);
    try (StyleJudge judge = learn(stripes(0, 400), names(400))) {
      StyleProbe.Report report = judge.report(judge.look(others), truth);
      assertThat(report.accuracy()).isGreaterThan(0.95);
      List<Rgb> softened = new ArrayList<>();
      for (Rgb picture : others) {
        softened.add(Softening.of(picture, new CounterRandom(8, "soft", softened.size())));
      }
      assertThat(judge.report(judge.look(softened), truth).accuracy()).isGreaterThan(0.8);
    }
  }

  /** From eight pictures the network learns nothing in its one step; the palette tells. */
  @Test
  void palettesAreSeenWhereTheNetworkHasNoOpinion() {
    List<Rgb> pictures = new ArrayList<>();
    List<Rgb> others = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      pictures.add(Rgb.solid(SIDE, SIDE, i % 2 == 0 ? 0xD02020 + i : 0x2020D0 - i));
      others.add(Rgb.solid(SIDE, SIDE, i % 2 == 0 ? 0xD22222 + i : 0x2222D2 - i));
    }
    try (StyleJudge judge = learn(pictures, names(8))) {
      double[][] seen = judge.look(others);
      assertThat(Arrays.stream(seen).map(judge::best)).containsExactlyElementsOf(names(8));
      for (double[] row : seen) {
        assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-9));
      }
      assertThat(judge.knows("rows")).isTrue();
      assertThat(judge.knows("")).isFalse();
      assertThat(judge.report(seen, names(8)).confusion())
          .isEqualTo(
              Map.of(
                  "rows", Map.of("rows", 4, "columns", 0),
                  "columns", Map.of("rows", 0, "columns", 4)));
    }
  }

  @Test
  void picturesWithoutAStyleArePassedOverAndOneStyleIsNone() {
    List<Rgb> pictures = stripes(0, 4);
    assertThat(StyleJudge.learn(pictures, List.of("rows", "", "rows", ""), 0, (step, steps) -> {}))
        .isEmpty();
    assertThat(StyleJudge.learn(pictures, List.of("", "", "", ""), 0, (step, steps) -> {}))
        .isEmpty();
  }

  private static StyleJudge learn(List<Rgb> pictures, List<String> styles) {
    return StyleJudge.learn(pictures, styles, 1, (step, steps) -> {}).orElseThrow();
  }

  private static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(i % 2 == 0 ? "rows" : "columns");
    }
    return names;
  }

  /** Stripes of any two colours, in rows and in columns by turns. */
  private static List<Rgb> stripes(int from, int count) {
    List<Rgb> pictures = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      CounterRandom random = new CounterRandom(9, "stripes", i);
      int light = 0x808080 | random.nextInt(0x808080);
      int dark = random.nextInt(0x606060);
      byte[] pixels = new byte[SIDE * SIDE * 3];
      for (int place = 0; place < SIDE * SIDE; place++) {
        int line = i % 2 == 0 ? place / SIDE : place % SIDE;
        int colour = line % 4 < 2 ? light : dark;
        pixels[3 * place] = (byte) (colour >> 16);
        pixels[3 * place + 1] = (byte) (colour >> 8);
        pixels[3 * place + 2] = (byte) colour;
      }
      pictures.add(new Rgb(SIDE, SIDE, pixels));
    }
    return pictures;
  }
}
