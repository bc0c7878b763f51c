package dev.tessera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.Progress;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.edit.CompletionOptions;
import dev.tessera.transformer.edit.MaskShape;
import dev.tessera.transformer.edit.PictureMask;
import dev.tessera.transformer.edit.VariationOptions;
import dev.tessera.transformer.ranker.RankBy;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option of completing, varying and choosing does what it says. */
class TesseraEditTest {
  private static final SamplingOptions SEEDED =
      SamplingOptions.DEFAULT.withSeed(5).withTemperature(2);

  /** Fills holes; its weights are so large that what is asked for changes what comes out. */
  private static Tessera filling;

  /** The same without infilling. */
  private static Tessera raster;

  @TempDir static Path folder;

  @BeforeAll
  static void load() throws IOException {
    filling = model("filling", TinyModel.ranked(TinyModel.infilling(2)));
    raster = model("raster", TinyModel.decided(2));
  }

  @AfterAll
  static void close() {
    filling.close();
    raster.close();
  }

  private static Tessera model(String name, Bundle bundle) throws IOException {
    Path file = folder.resolve(name + ".tessera");
    bundle.write(file);
    return Tessera.load(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"top:0.5", "left:0.3", "right:0.5", "bottom:0.5", "box:3,2,7,9"})
  void completingKeepsWhatTheMaskDoesNotNameToTheBit(String shape) {
    for (int side : new int[] {16, 37}) {
      Rgb picture = noise(side, side, 1);
      PictureMask mask = mask(shape, side);
      Rgb completed = filling.complete(picture, mask);
      int changed = 0;
      for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
          boolean same = completed.colour(row, column) == picture.colour(row, column);
          assertThat(same || mask.fills(row, column)).as("%d, %d", row, column).isTrue();
          changed += same ? 0 : 1;
        }
      }
      assertThat(changed).isGreaterThan(side);
    }
  }

  @Test
  void aCompletionDependsOnSeedPromptAndWhatFollowsTheHole() {
    Rgb picture = noise(16, 16, 1);
    PictureMask top = mask("top:0.5", 16);
    CompletionOptions options = CompletionOptions.DEFAULT.withSampling(SEEDED);
    Rgb first = complete(picture, top, options).get(0).picture();

    assertThat(complete(picture, top, options).get(0).picture().pixels()).isEqualTo(first.pixels());
    assertThat(complete(picture, top, options.withCount(3)).get(0).picture().pixels())
        .as("however many are made")
        .isEqualTo(first.pixels());
    assertThat(upper(complete(picture, top, options.withSampling(SEEDED.withSeed(6)))))
        .isNotEqualTo(upper(complete(picture, top, options)));
    assertThat(upper(complete(picture, top, options.withPrompt("sun"))))
        .isNotEqualTo(upper(complete(picture, top, options.withPrompt("ghost"))));
    assertThat(different(complete(picture, top, options.withCount(8)))).isGreaterThan(1);

    // Only what lies below the hole differs, and only what fills its uppermost rows is looked at.
    CompletionOptions greedy = options.withSampling(SamplingOptions.greedy());
    List<byte[]> rows = new ArrayList<>();
    for (int seed = 1; seed <= 6; seed++) {
      byte[] pixels = complete(noise(16, 16, seed), top, greedy).get(0).picture().pixels();
      rows.add(Arrays.copyOf(pixels, 3 * 16 * 3));
    }
    assertThat(rows.stream().map(Arrays::hashCode).distinct().count()).isGreaterThan(1);
  }

  @Test
  void withoutInfillingTheLastRowsAreFilledAndAllElseIsRefused() {
    Rgb picture = noise(16, 16, 1);
    assertThat(raster.fillsAnywhere()).isFalse();
    assertThat(filling.fillsAnywhere()).isTrue();
    byte[] completed = raster.complete(picture, mask("bottom:0.5", 16)).pixels();
    assertThat(completed).isNotEqualTo(picture.pixels());
    assertThat(Arrays.copyOf(completed, 8 * 16 * 3))
        .isEqualTo(Arrays.copyOf(picture.pixels(), 8 * 16 * 3));
    assertThatThrownBy(() -> raster.complete(picture, mask("top:0.5", 16)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("without infilling", "bottom:SHARE", "infillShare");
    assertThatThrownBy(() -> vary(raster, picture, VariationOptions.DEFAULT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("without infilling");
  }

  @Test
  void aVariationKeepsMoreOfThePictureTheWeakerItIs() {
    Rgb picture = filling.sample(SEEDED);
    VariationOptions options =
        VariationOptions.DEFAULT.withSampling(SEEDED).withCount(8).withPrompt("ghost");
    Rgb unchanged = filling.reconstruct(picture);
    double weak = meanDifference(unchanged, vary(filling, picture, options.withStrength(0.1)));
    double strong = meanDifference(unchanged, vary(filling, picture, options.withStrength(1)));
    assertThat(weak).isPositive().isLessThan(strong / 2);
    assertThat(vary(filling, picture, options).get(0).picture().pixels())
        .isEqualTo(vary(filling, picture, options.withCount(1)).get(0).picture().pixels());
    assertThat(different(vary(filling, picture, options))).isGreaterThan(1);
  }

  @Test
  void anInterpolationGoesFromTheOnePictureToTheOther() {
    Rgb first = Rgb.solid(16, 16, 0xE02020);
    Rgb last = noise(16, 16, 4);
    List<Rgb> way = filling.interpolate(first, last, 9);
    assertThat(way).hasSize(9);
    assertThat(way.get(0).pixels()).isEqualTo(filling.reconstruct(first).pixels());
    assertThat(way.get(8).pixels()).isEqualTo(filling.reconstruct(last).pixels());
    assertThat(way.get(4).pixels())
        .isNotEqualTo(way.get(0).pixels())
        .isNotEqualTo(way.get(8).pixels());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filling.interpolate(first, last, 1))
        .withMessage("steps is 1, but must be 2 to 1000");
  }

  @Test
  void strengthOutsideItsRangeIsNamed() {
    for (double strength : new double[] {0, -1, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> VariationOptions.DEFAULT.withStrength(strength))
          .withMessageContaining("strength is " + strength);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CompletionOptions.DEFAULT.withCount(0))
        .withMessageContaining("count is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VariationOptions.DEFAULT.withCount(1001))
        .withMessageContaining("count is 1001");
  }

  @Test
  void temperatureZeroIsTheSameForEverySeedAndTopKOneIsGreedy() {
    byte[] greedy = filling.sample("ghost", SamplingOptions.greedy()).pixels();
    assertThat(filling.sample("ghost", SamplingOptions.greedy().withSeed(9)).pixels())
        .isEqualTo(greedy);
    assertThat(filling.sample("ghost", SEEDED.withTopK(1)).pixels()).isEqualTo(greedy);
    assertThat(filling.sample("ghost", SEEDED.withTopP(1e-9)).pixels()).isEqualTo(greedy);
    SamplingOptions wild = SEEDED.withTemperature(5);
    assertThat(filling.sample("ghost", wild).pixels()).isNotEqualTo(greedy);
    assertThat(filling.sample("ghost", wild.withTopK(1)).pixels()).isEqualTo(greedy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ghost",
        "Gespenst, größer",
        "幽霊",
        "призрак",
        "شبح",
        "👻🏽",
        "\u0000 \t",
        "a\uD800b"
      })
  void promptsInAnyScriptMakeAPicture(String prompt) {
    assertThat(filling.sample(prompt, SEEDED).pixels())
        .isEqualTo(filling.sample(prompt, SEEDED).pixels());
    assertThat(
            filling.classify(
                noise(16, 16, 1), List.of("ghost", "x" + prompt.charAt(0)), () -> false))
        .hasSize(2);
  }

  @Test
  void rerankingKeepsTheCandidatesThatFitThePromptBest() {
    int candidates = 12;
    List<Tessera.Sample> all =
        filling.sampleBest(
            List.of("ghost", "sun"), candidates, candidates, SEEDED, Progress.NONE, () -> false);
    List<Tessera.Sample> best =
        filling.sampleBest(
            List.of("ghost", "sun"), 3, candidates, SEEDED, Progress.NONE, () -> false);

    assertThat(all).hasSize(2 * candidates);
    assertThat(best).hasSize(6);
    for (int prompt = 0; prompt < 2; prompt++) {
      List<Tessera.Sample> own = all.subList(prompt * candidates, (prompt + 1) * candidates);
      assertThat(own)
          .extracting(Tessera.Sample::prompt)
          .containsOnly(prompt == 0 ? "ghost" : "sun");
      assertThat(own)
          .isSortedAccordingTo(Comparator.comparingDouble(Tessera.Sample::score).reversed());
      assertThat(own.get(0).score()).isGreaterThan(own.get(candidates - 1).score());
      for (int i = 0; i < 3; i++) {
        Tessera.Sample kept = best.get(3 * prompt + i);
        assertThat(kept.number()).isEqualTo(own.get(i).number());
        assertThat(kept.score()).isEqualTo(own.get(i).score());
        assertThat(kept.picture().pixels()).isEqualTo(own.get(i).picture().pixels());
      }
    }
    List<Tessera.Sample> plain =
        filling.sample(
            Collections.nCopies(candidates, "ghost"), SEEDED, Progress.NONE, () -> false);
    Tessera.Sample first = best.get(0);
    assertThat(plain.get((int) first.number()).picture().pixels())
        .as("a candidate is the sample of its number")
        .isEqualTo(first.picture().pixels());
  }

  @Test
  void theRankerKeepsTheCandidatesThatItFindsFitting() {
    int candidates = 12;
    List<Tessera.Sample> all = chosen(filling, candidates, candidates, RankBy.RANKER);
    List<Tessera.Sample> best = chosen(filling, 3, candidates, RankBy.RANKER);

    assertThat(all)
        .isSortedAccordingTo(Comparator.comparingDouble(Tessera.Sample::score).reversed());
    assertThat(all.get(0).score()).isGreaterThan(all.get(candidates - 1).score());
    assertThat(all).allMatch(sample -> Math.abs(sample.score()) < 1.001);
    for (int i = 0; i < 3; i++) {
      assertThat(best.get(i).number()).isEqualTo(all.get(i).number());
      assertThat(best.get(i).score()).isEqualTo(all.get(i).score());
      assertThat(best.get(i).picture().pixels()).isEqualTo(all.get(i).picture().pixels());
    }
    List<Rgb> pictures = all.stream().map(Tessera.Sample::picture).toList();
    List<Tessera.Ranked> ranked = filling.rank("ghost", pictures, RankBy.RANKER, () -> false);
    for (int i = 0; i < candidates; i++) {
      assertThat(ranked.get(i).score()).isEqualTo(all.get(i).score());
    }
    assertThat(numbers(all)).isNotEqualTo(numbers(chosen(filling, 12, 12, RankBy.LIKELIHOOD)));
    assertThat(numbers(all)).isEqualTo(numbers(chosen(filling, 12, 12, RankBy.RANKER)));
  }

  /** Naming holds the sun for twenty times as likely as the ghost in any picture. */
  @Test
  void allThatAModelHasTogetherIsItsLikelihoodNamingAndRanker() throws IOException {
    List<Rgb> pictures = List.of(noise(16, 16, 1), noise(16, 16, 2), noise(16, 16, 3));
    try (Tessera named =
        model("together", TinyModel.named(TinyModel.ranked(TinyModel.infilling(2))))) {
      Map<String, Double> naming = new LinkedHashMap<>();
      naming.put("ghost, noto style", 2 * Math.log(1 / 21.0));
      naming.put("sun, noto style", 2 * Math.log(20 / 21.0));
      naming.put("sun, style of nobody", 2 * Math.log(20 / 21.0));
      naming.put("neither of them", 0.0);
      naming.forEach(
          (prompt, parts) -> {
            List<Tessera.Ranked> all = named.rank(prompt, pictures, RankBy.ALL, () -> false);
            assertThat(all)
                .isSortedAccordingTo(Comparator.comparingDouble(Tessera.Ranked::score).reversed());
            for (Tessera.Ranked one : all) {
              double likelihood = score(named, prompt, pictures, RankBy.LIKELIHOOD, one.index());
              double cosine = score(named, prompt, pictures, RankBy.RANKER, one.index());
              assertThat(one.score())
                  .as(prompt)
                  .isCloseTo(likelihood + 20 * cosine + parts, within(1e-3));
            }
          });
      assertThat(named.rank("ghost", pictures, () -> false))
          .isEqualTo(named.rank("ghost", pictures, RankBy.ALL, () -> false));
      List<Tessera.Sample> chosen = chosen(named, 12, 12, RankBy.ALL);
      assertThat(numbers(chosen)).isNotEqualTo(numbers(chosen(named, 12, 12, RankBy.LIKELIHOOD)));
      assertThat(numbers(chosen)).isNotEqualTo(numbers(chosen(named, 12, 12, RankBy.RANKER)));
    }
    assertThat(raster.rank("ghost", pictures, RankBy.ALL, () -> false))
        .as("of a model with neither, the likelihood is all")
        .isEqualTo(raster.rank("ghost", pictures, RankBy.LIKELIHOOD, () -> false));
  }

  private static double score(
      Tessera model, String prompt, List<Rgb> pictures, RankBy by, int index) {
    return model.rank(prompt, pictures, by, () -> false).stream()
        .filter(one -> one.index() == index)
        .findFirst()
        .orElseThrow()
        .score();
  }

  @Test
  void captionsThatFitThePictureComeBeforeLikelierOnesThatDoNot() {
    Rgb picture = noise(16, 16, 4);
    List<Tessera.Description> likely = filling.caption(picture, 12, () -> false);
    List<Tessera.Description> best = filling.captionBest(picture, 12, () -> false);

    assertThat(best).containsExactlyInAnyOrderElementsOf(likely);
    assertThat(best).isNotEqualTo(likely);
    assertThat(best).isSortedAccordingTo(Comparator.comparingDouble(c -> -worth(c, picture)));
    assertThatThrownBy(() -> raster.captionBest(picture, 4, () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the model has no ranker");
  }

  /** What a caption is worth without naming. */
  private static double worth(Tessera.Description caption, Rgb picture) {
    double fit =
        filling.rank(caption.text(), List.of(picture), RankBy.RANKER, () -> false).get(0).score();
    return caption.logLikelihood() + 20 * fit;
  }

  @Test
  void captionsThatNamingMakesOfPartsAreSoughtToo() throws IOException {
    Rgb picture = noise(16, 16, 4);
    List<String> made = List.of("sun, noto style", "ghost, noto style");
    List<Tessera.Description> beams = filling.caption(picture, 3, () -> false);
    assertThat(beams).extracting(Tessera.Description::text).doesNotContainAnyElementsOf(made);
    try (Tessera named = model("named", TinyModel.named(TinyModel.ranked(TinyModel.infilling(2))));
        Tessera alone = model("alone", TinyModel.named(TinyModel.decided(2)))) {
      List<Tessera.Description> best = named.captionBest(picture, 3, () -> false);
      assertThat(best).extracting(Tessera.Description::text).doesNotHaveDuplicates();
      assertThat(best).extracting(Tessera.Description::text).containsAll(made).hasSize(5);
      // Other texts have no part that is known: they count as the least likely of each place do.
      Comparator<Tessera.Description> order =
          Comparator.comparingDouble(
              c -> -worth(c, picture) - 2 * Math.log(c.text().equals(made.get(0)) ? 20 : 1));
      assertThat(best).isSortedAccordingTo(order);
      for (Tessera.Choice choice : named.classify(picture, made, () -> false)) {
        assertThat(best)
            .filteredOn(caption -> caption.text().equals(choice.text()))
            .singleElement()
            .satisfies(
                caption ->
                    assertThat(caption.logLikelihood())
                        .isCloseTo(choice.logLikelihood(), within(1e-4)));
      }
      assertThat(alone.captionBest(picture, 3, () -> false))
          .extracting(Tessera.Description::text)
          .containsAll(made);
    }
  }

  private static List<Long> numbers(List<Tessera.Sample> samples) {
    return samples.stream().map(Tessera.Sample::number).toList();
  }

  private static List<Tessera.Sample> chosen(Tessera model, int kept, int of, RankBy by) {
    return model.sampleBest(List.of("ghost"), kept, of, by, SEEDED, Progress.NONE, () -> false);
  }

  @Test
  void aModelWithoutARankerSaysSo() {
    assertThat(filling.hasRanker()).isTrue();
    assertThat(raster.hasRanker()).isFalse();
    assertThatThrownBy(() -> chosen(raster, 1, 2, RankBy.RANKER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the model has no ranker");
  }

  @Test
  void picturesAreRankedByHowWellAPromptFitsThem() {
    List<Rgb> pictures = List.of(noise(16, 16, 1), noise(16, 16, 2), noise(16, 16, 3));
    List<Tessera.Ranked> ranked = filling.rank("ghost", pictures, () -> false);
    assertThat(ranked).extracting(Tessera.Ranked::index).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(ranked)
        .isSortedAccordingTo(Comparator.comparingDouble(Tessera.Ranked::score).reversed());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filling.rank(" ", pictures, () -> false))
        .withMessageContaining("the prompt is empty");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> filling.sampleBest(List.of("ghost"), 3, 2, SEEDED, Progress.NONE, () -> false))
        .withMessageContaining("3 pictures of 2 candidates");
  }

  @Test
  void choicesGetProbabilitiesByTheirLikelihoodAsACaption() {
    Rgb picture = noise(16, 16, 1);
    List<String> choices = List.of("sun, noto style", "ghost, noto style", "ghost", "noto");
    List<Tessera.Choice> ranked = filling.classify(picture, choices, () -> false);

    assertThat(ranked)
        .extracting(Tessera.Choice::text)
        .containsExactlyInAnyOrderElementsOf(choices);
    assertThat(ranked)
        .isSortedAccordingTo(Comparator.comparingDouble(Tessera.Choice::probability).reversed());
    assertThat(ranked.stream().mapToDouble(Tessera.Choice::probability).sum())
        .isCloseTo(1, within(1e-9));
    double ratio = Math.log(ranked.get(0).probability() / ranked.get(1).probability());
    assertThat(ratio)
        .isCloseTo(ranked.get(0).logLikelihood() - ranked.get(1).logLikelihood(), within(1e-9));
    for (Tessera.Choice choice : ranked) {
      assertThat(
              filling
                  .rank(choice.text(), List.of(picture), RankBy.LIKELIHOOD, () -> false)
                  .get(0)
                  .score())
          .isEqualTo(choice.logLikelihood());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filling.classify(picture, List.of(), () -> false))
        .withMessageContaining("no choices");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filling.classify(picture, List.of("sun", ""), () -> false))
        .withMessage("a choice is empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filling.classify(picture, List.of("sun ".repeat(30)), () -> false))
        .withMessageContaining("longer than the model's text");
  }

  @Test
  void allOfItCanBeCancelled() {
    Rgb picture = noise(16, 16, 1);
    assertThatThrownBy(
            () ->
                filling.complete(
                    picture,
                    mask("top:0.5", 16),
                    CompletionOptions.DEFAULT,
                    Progress.NONE,
                    () -> true))
        .isInstanceOf(CancellationException.class);
    assertThatThrownBy(
            () -> filling.vary(picture, VariationOptions.DEFAULT, Progress.NONE, () -> true))
        .isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> filling.classify(picture, List.of("sun"), () -> true))
        .isInstanceOf(CancellationException.class);
  }

  private static List<Tessera.Sample> complete(
      Rgb picture, PictureMask mask, CompletionOptions options) {
    return filling.complete(picture, mask, options, Progress.NONE, () -> false);
  }

  private static List<Tessera.Sample> vary(Tessera model, Rgb picture, VariationOptions options) {
    return model.vary(picture, options, Progress.NONE, () -> false);
  }

  private static long different(List<Tessera.Sample> samples) {
    return samples.stream()
        .map(sample -> Arrays.hashCode(sample.picture().pixels()))
        .distinct()
        .count();
  }

  private static byte[] upper(List<Tessera.Sample> samples) {
    return Arrays.copyOf(samples.get(0).picture().pixels(), 8 * 16 * 3);
  }

  private static double meanDifference(Rgb picture, List<Tessera.Sample> samples) {
    double sum = 0;
    for (Tessera.Sample sample : samples) {
      for (int i = 0; i < picture.pixels().length; i++) {
        int difference = (picture.pixels()[i] & 0xFF) - (sample.picture().pixels()[i] & 0xFF);
        sum += Math.abs(difference);
      }
    }
    return sum / samples.size() / picture.pixels().length;
  }

  private static PictureMask mask(String shape, int side) {
    return MaskShape.parse(shape).orElseThrow().on(side, side);
  }

  private static Rgb noise(int height, int width, long seed) {
    byte[] pixels = new byte[height * width * 3];
    new CounterRandom(seed, "noise", 0).nextBytes(pixels);
    return new Rgb(height, width, pixels);
  }
}
