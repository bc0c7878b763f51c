package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.Likelihood.Pair;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSamplerTest {
  private static final long SEED = 21;
  private static final TransformerConfig CONFIG = Models.SMALL;
  private static final int[] TEXT = {10, 200};

  @ParameterizedTest
  @ValueSource(doubles = {1, 2.5})
  void aPictureIsTheSameWhateverIsSampledWithIt(double guidance) {
    SamplingOptions options = new SamplingOptions(0.9, 8, 0.95, guidance, 99);
    List<ImagePrompt> prompts = prompts(11);
    List<ImageSample> together = sampler(32).sample(prompts, options);
    for (int maximum : new int[] {2, 3, 5}) {
      assertThat(sampler(maximum).sample(prompts, options))
          .as("decoder of %d rows", maximum)
          .usingRecursiveComparison()
          .isEqualTo(together);
    }
    assertThat(sampler(2).sample(List.of(prompts.get(7)), options).get(0))
        .usingRecursiveComparison()
        .isEqualTo(together.get(7));
  }

  @Test
  void samplesAndSeedsDiffer() {
    List<ImageSample> samples = sampler(8).sample(prompts(8), SamplingOptions.DEFAULT);
    List<ImageSample> others = sampler(8).sample(prompts(8), SamplingOptions.DEFAULT.withSeed(1));
    assertThat(samples.stream().map(s -> List.of(box(s.codes()))).distinct()).hasSize(8);
    assertThat(others.get(0).codes()).isNotEqualTo(samples.get(0).codes());
  }

  @Test
  void logLikelihoodIsThatOfTheModelAlone() {
    SamplingOptions options = new SamplingOptions(0.7, 5, 0.9, 3, 4);
    List<ImagePrompt> prompts = prompts(5);
    List<ImageSample> samples = sampler(6).sample(prompts, options);
    List<Pair> pairs = new ArrayList<>();
    for (int k = 0; k < 5; k++) {
      pairs.add(new Pair(prompts.get(k).bpe(), samples.get(k).codes()));
    }
    List<Likelihood.Score> scores =
        new Likelihood(Models.decoder(CONFIG, SEED, 5)).score(pairs, Direction.FORWARD);
    for (int k = 0; k < 5; k++) {
      assertThat(samples.get(k).logLikelihood()).isCloseTo(scores.get(k).image(), within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 4})
  void greedyGuidedCodesAreThoseOfTheDefinition(double guidance) {
    ImageSample sample =
        sampler(2)
            .sample(
                List.of(ImagePrompt.text(TEXT, 0)), SamplingOptions.greedy().withGuidance(guidance))
            .get(0);

    Vocabulary vocabulary = new Vocabulary(CONFIG);
    int[] codes = new int[CONFIG.imageLength()];
    for (int slot = 0; slot < codes.length; slot++) {
      double[] conditional = naiveLogits(TEXT, codes, slot);
      double[] unconditional = naiveLogits(new int[0], codes, slot);
      double best = Double.NEGATIVE_INFINITY;
      for (int code = 0; code < CONFIG.imageVocabulary(); code++) {
        int id = vocabulary.image(code);
        double logit = unconditional[id] + guidance * (conditional[id] - unconditional[id]);
        if (logit > best) {
          best = logit;
          codes[slot] = code;
        }
      }
    }
    assertThat(sample.codes()).isEqualTo(codes);
  }

  @Test
  void knownCodesAreKeptAndFollowedByOthers() {
    boolean[] known = {false, true, false, true, true, false};
    int[] codes = {-1, 3, -1, 10, 0, -1};
    List<ImagePrompt> prompts = new ArrayList<>();
    for (int k = 0; k < 40; k++) {
      prompts.add(new ImagePrompt(TEXT, known, codes, k));
    }
    List<ImageSample> samples = sampler(16).sample(prompts, SamplingOptions.DEFAULT);
    for (ImageSample sample : samples) {
      assertThat(sample.codes()[1]).isEqualTo(3);
      assertThat(sample.codes()[3]).isEqualTo(10);
      assertThat(sample.codes()[4]).isZero();
    }
    assertThat(samples.stream().map(s -> s.codes()[0]).distinct().count()).isGreaterThan(2);
    assertThat(samples.stream().map(s -> s.codes()[5]).distinct().count()).isGreaterThan(2);
  }

  @Test
  void firstCodesFollowTheModelsDistribution() {
    List<ImagePrompt> prompts = new ArrayList<>();
    int draws = 4000;
    for (int k = 0; k < draws; k++) {
      prompts.add(ImagePrompt.text(TEXT, k));
    }
    int[] counts = new int[CONFIG.imageVocabulary()];
    for (ImageSample sample : sampler(256).sample(prompts, SamplingOptions.DEFAULT)) {
      counts[sample.codes()[0]]++;
    }
    double[] logits = naiveLogits(TEXT, new int[CONFIG.imageLength()], 0);
    int first = new Vocabulary(CONFIG).firstImage();
    double sum = 0;
    for (int code = 0; code < counts.length; code++) {
      sum += Math.exp(logits[first + code]);
    }
    for (int code = 0; code < counts.length; code++) {
      double p = Math.exp(logits[first + code]) / sum;
      assertThat((double) counts[code] / draws)
          .as("seed %d, code %d", SEED, code)
          .isCloseTo(p, within(4 * Math.sqrt(p * (1 - p) / draws)));
    }
  }

  @Test
  void progressCountsImageTokensToTheEnd() {
    List<Long> done = new ArrayList<>();
    sampler(4)
        .sample(
            prompts(10),
            SamplingOptions.DEFAULT,
            (now, total) -> {
              assertThat(total).isEqualTo(60);
              done.add(now);
            },
            () -> false);
    assertThat(done).isSorted().doesNotHaveDuplicates().startsWith(4L).endsWith(60L);
  }

  @Test
  void cancellingEndsTheWorkAtTheNextStep() {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger steps = new AtomicInteger();
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(
            () ->
                sampler(4)
                    .sample(
                        prompts(4),
                        SamplingOptions.DEFAULT,
                        (now, total) -> steps.incrementAndGet(),
                        // Once before the prompt, then before each step.
                        () -> asked.incrementAndGet() > 1 + 2));
    assertThat(steps).hasValue(2);
  }

  @Test
  void misuseIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sampler(1).sample(prompts(1), SamplingOptions.DEFAULT.withGuidance(2)))
        .withMessage("guidance needs two rows for each picture, but the decoder has one");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                sampler(1)
                    .sample(
                        List.of(
                            new ImagePrompt(
                                TEXT,
                                new boolean[] {true, false, false, false, false, false},
                                new int[] {11, 0, 0, 0, 0, 0},
                                0)),
                        SamplingOptions.DEFAULT))
        .withMessage("known code 0 is 11, but must be 0 to 10");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                sampler(1)
                    .sample(
                        List.of(new ImagePrompt(TEXT, new boolean[2], new int[2], 0)),
                        SamplingOptions.DEFAULT))
        .withMessage("a prompt marks 2 codes as known or not, but a picture has 6");
  }

  private static double[] naiveLogits(int[] bpe, int[] codes, int slot) {
    TokenSequence s = new SequenceBuilder(CONFIG).build(bpe, codes, Direction.FORWARD);
    return new NaiveTransformer(CONFIG, new RandomWeights(SEED))
        .logits(s.tokens(), s.positions(), s.targetPositions())[CONFIG.textLength() + slot];
  }

  private static ImageSampler sampler(int maximumBatch) {
    return new ImageSampler(Models.decoder(CONFIG, SEED, maximumBatch));
  }

  /** Some with the same text, some with none. */
  private static List<ImagePrompt> prompts(int count) {
    List<ImagePrompt> prompts = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      int[] bpe =
          switch (k % 4) {
            case 0 -> new int[0];
            case 1 -> new int[] {k, 5, 6, 7, 8};
            default -> TEXT;
          };
      prompts.add(ImagePrompt.text(bpe, k));
    }
    return prompts;
  }

  private static Integer[] box(int[] values) {
    return Arrays.stream(values).boxed().toArray(Integer[]::new);
  }
}
