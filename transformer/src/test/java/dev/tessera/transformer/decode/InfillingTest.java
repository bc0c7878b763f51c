package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfillingTest {
  private static final long SEED = 21;
  private static final TransformerConfig CONFIG =
      Models.SMALL.with(new Variant(PositionEncoding.ABSOLUTE, false, false, true, 1));
  private static final int[] TEXT = {10, 200};

  /** Slots 1 and 2 are to be filled; 0 precedes them, 3 to 5 follow. */
  private static final boolean[] KNOWN = {true, false, false, true, true, true};

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 4})
  void greedyCodesOfAHoleAreThoseOfTheDefinition(double guidance) {
    for (int last = 0; last < CONFIG.imageVocabulary(); last++) {
      int[] codes = {3, -1, -1, 10, 0, last};
      ImageSample sample =
          sample(List.of(prompt(KNOWN, codes, 0)), SamplingOptions.greedy().withGuidance(guidance))
              .get(0);

      int[] expected = {3, 0, 0, 10, 0, last};
      // The hole is the end of the sequence: four known codes come before it.
      for (int place = 4; place < 6; place++) {
        double[] conditional = naiveLogits(TEXT, expected, KNOWN, place);
        double[] unconditional = naiveLogits(new int[0], expected, KNOWN, place);
        double[] guided = new double[CONFIG.imageVocabulary()];
        for (int code = 0; code < guided.length; code++) {
          guided[code] = unconditional[code] + guidance * (conditional[code] - unconditional[code]);
        }
        expected[place - 3] = argmax(guided);
      }
      assertThat(sample.codes()).isEqualTo(expected);
    }
  }

  @Test
  void whatComesAfterAHoleDecidesOnWhatFillsIt() {
    List<int[]> fills = new ArrayList<>();
    for (int last = 0; last < CONFIG.imageVocabulary(); last++) {
      int[] codes = {3, -1, -1, 10, last, last};
      ImageSample sample =
          sample(List.of(prompt(KNOWN, codes, 0)), SamplingOptions.greedy()).get(0);
      fills.add(Arrays.copyOfRange(sample.codes(), 1, 3));
    }
    assertThat(fills.stream().map(Arrays::toString).distinct().count()).isGreaterThan(2);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 2.5})
  void aFilledHoleIsTheSameWhateverIsSampledWithIt(double guidance) {
    SamplingOptions options = new SamplingOptions(0.9, 8, 0.95, guidance, 99);
    List<ImagePrompt> prompts = new ArrayList<>();
    for (int k = 0; k < 9; k++) {
      prompts.add(
          switch (k % 4) {
            case 0 -> prompt(KNOWN, new int[] {k, 0, 0, k, 1, 2}, k);
            case 1 -> prompt(new boolean[] {false, true, false, false, true, false}, new int[6], k);
            case 2 -> prompt(new boolean[] {true, true, true, false, false, false}, new int[6], k);
            default -> ImagePrompt.text(TEXT, k);
          });
    }
    List<ImageSample> together = sample(prompts, options);
    for (int k = 0; k < prompts.size(); k++) {
      assertThat(sample(List.of(prompts.get(k)), options).get(0))
          .as("picture %d", k)
          .usingRecursiveComparison()
          .isEqualTo(together.get(k));
    }
  }

  @Test
  void logLikelihoodIsThatOfTheHoleGivenAllElse() {
    ImageSample sample =
        sample(
                List.of(prompt(KNOWN, new int[] {3, -1, -1, 10, 0, 7}, 5)),
                new SamplingOptions(0.7, 5, 0.9, 3, 4))
            .get(0);
    double expected = 0;
    for (int place = 4; place < 6; place++) {
      double[] logits = naiveLogits(TEXT, sample.codes(), KNOWN, place);
      double sum = Arrays.stream(logits).map(Math::exp).sum();
      expected += logits[sample.codes()[place - 3]] - Math.log(sum);
    }
    assertThat(sample.logLikelihood()).isCloseTo(expected, within(1e-3));
  }

  @Test
  void whatComesFirstInRasterOrderNeedsNoInfilling() {
    boolean[] known = {true, true, true, false, false, false};
    int[] codes = {1, 2, 3, 0, 0, 0};
    SamplingOptions options = SamplingOptions.DEFAULT.withSeed(8);
    int[] filled = sample(List.of(prompt(known, codes, 0)), options).get(0).codes();
    int[] gap = {1, 2, 3, 0, 0, filled[5]};
    boolean[] lastKnown = {true, true, true, false, false, true};

    assertThat(filled).startsWith(1, 2, 3);
    // A model without infilling forces the last code in its place, after those it cannot influence.
    TransformerConfig without = Models.SMALL;
    ImageSampler sampler = new ImageSampler(Models.decoder(without, SEED, 2));
    int[] free = sampler.sample(List.of(prompt(known, codes, 0)), options).get(0).codes();
    gap[5] = (free[5] + 1) % without.imageVocabulary();
    int[] forced = sampler.sample(List.of(prompt(lastKnown, gap, 0)), options).get(0).codes();
    assertThat(Arrays.copyOf(forced, 5)).isEqualTo(Arrays.copyOf(free, 5));
    assertThat(forced[5]).isEqualTo(gap[5]);
  }

  /** Slots 1 and 2 again, and pictures with other holes between them. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 4})
  void withASecondDecoderCodesAreDrawnFromAMixtureOfBothOrders(double guidance) {
    SamplingOptions options = SamplingOptions.greedy().withGuidance(guidance);
    ImageSampler both =
        new ImageSampler(Models.decoder(CONFIG, SEED, 4), Models.decoder(CONFIG, SEED, 4));
    int others = 0;
    List<ImagePrompt> prompts = new ArrayList<>();
    boolean[] otherHole = {false, true, true, true, false, true};
    for (int last = 0; last < CONFIG.imageVocabulary(); last++) {
      prompts.add(prompt(KNOWN, new int[] {3, -1, -1, 10, 0, last}, 0));
      prompts.add(prompt(KNOWN, new int[] {3, -1, -1, last, 0, 1}, 0));
      prompts.add(prompt(otherHole, new int[] {-1, last, 2, 3, -1, 5}, 0));
    }
    List<ImageSample> samples = both.sample(prompts, options);
    List<ImageSample> alone = sample(prompts, options);
    for (int k = 0; k < prompts.size(); k++) {
      boolean[] known = prompts.get(k).known();
      int[] expected = prompts.get(k).codes().clone();
      double likelihood = 0;
      int place = 4;
      for (int slot = 0; slot < known.length; slot++) {
        if (!known[slot]) {
          expected[slot] = 0;
        }
      }
      for (int slot = 0; slot < known.length; slot++) {
        if (!known[slot]) {
          double[] conditional = mixed(TEXT, expected, known, place, slot);
          double[] unconditional = mixed(new int[0], expected, known, place, slot);
          double[] guided = new double[conditional.length];
          for (int code = 0; code < guided.length; code++) {
            guided[code] =
                unconditional[code] + guidance * (conditional[code] - unconditional[code]);
          }
          expected[slot] = argmax(guided);
          likelihood += conditional[expected[slot]];
          place++;
        }
      }
      assertThat(samples.get(k).codes()).as("prompt %d", k).isEqualTo(expected);
      assertThat(samples.get(k).logLikelihood()).isCloseTo(likelihood, within(1e-3));
      others += Arrays.equals(expected, alone.get(k).codes()) ? 0 : 1;
    }
    assertThat(others).as("that raster order changes").isPositive();
  }

  /** Logarithms of the mixture of what both orders expect in a slot. */
  private static double[] mixed(int[] bpe, int[] codes, boolean[] known, int place, int slot) {
    double[] hole = shares(naiveLogits(bpe, codes, known, place));
    TokenSequence s = new SequenceBuilder(CONFIG).build(bpe, codes, Direction.FORWARD);
    double[] raster = shares(naiveLogits(s, slot));
    double[] mixture = new double[hole.length];
    Arrays.setAll(mixture, code -> Math.log(0.3 * hole[code] + 0.7 * raster[code]));
    return mixture;
  }

  private static double[] shares(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(logit -> Math.exp(logit) / sum).toArray();
  }

  private static ImagePrompt prompt(boolean[] known, int[] codes, long sample) {
    return new ImagePrompt(TEXT, known, codes, sample);
  }

  private static List<ImageSample> sample(List<ImagePrompt> prompts, SamplingOptions options) {
    return new ImageSampler(Models.decoder(CONFIG, SEED, 32)).sample(prompts, options);
  }

  /** Logits of the image token that comes after {@code place} others, by code. */
  private static double[] naiveLogits(int[] bpe, int[] codes, boolean[] known, int place) {
    return naiveLogits(new SequenceBuilder(CONFIG).infilling(bpe, codes, known), place);
  }

  private static double[] naiveLogits(TokenSequence s, int place) {
    double[] logits =
        new NaiveTransformer(CONFIG, new RandomWeights(SEED))
            .logits(s.tokens(), s.positions(), s.targetPositions())[CONFIG.textLength() + place];
    int first = new Vocabulary(CONFIG).firstImage();
    return Arrays.copyOfRange(logits, first, first + CONFIG.imageVocabulary());
  }

  private static int argmax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
