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
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class CaptionerTest {
  private static final long SEED = 17;
  private static final TransformerConfig CONFIG = Models.SMALL;
  private static final int[] CODES = {1, 4, 9, 10, 0, 2};
  private static final Comparator<Caption> BEST = Comparator.comparingDouble(Caption::perToken);

  @Test
  void beamCaptionsHaveTheLikelihoodThatScoringFinds() {
    List<Caption> captions = captioner(12).search(CODES, 12, () -> false);
    assertThat(captions).hasSize(12).isSortedAccordingTo(BEST.reversed());
    requireScored(captions);
    assertThat(captions.stream().map(c -> Arrays.toString(c.bpe())).distinct()).hasSize(12);
  }

  @Test
  void aBeamAsWideAsTheVocabularyIsExhaustiveOverShortTexts() {
    TransformerConfig config = TransformerConfig.causal(257, 2, 5, 1, 2, 16, 1, 2);
    IncrementalDecoder decoder = Models.decoder(config, SEED, 256);
    List<Caption> found = new Captioner(decoder).search(new int[] {3, 1}, 256, () -> false);

    List<Pair> pairs = new ArrayList<>();
    for (int token = 0; token < 256; token++) {
      pairs.add(new Pair(new int[] {token}, new int[] {3, 1}));
    }
    List<Likelihood.Score> scores = new Likelihood(decoder).score(pairs, Direction.REVERSE);
    List<Caption> expected = new ArrayList<>();
    for (int token = 0; token < 256; token++) {
      expected.add(Caption.of(new int[] {token}, scores.get(token).text()));
    }
    expected.sort(BEST.reversed());
    for (int rank = 0; rank < 256; rank++) {
      assertThat(found.get(rank).perToken()).isCloseTo(expected.get(rank).perToken(), within(1e-9));
    }
    assertThat(found.get(0).bpe()).isEqualTo(expected.get(0).bpe());
  }

  @Test
  void sampledCaptionsHaveTheLikelihoodThatScoringFinds() {
    SamplingOptions options = new SamplingOptions(1.5, 200, 0.98, 1, 8);
    List<Caption> captions = captioner(7).sample(CODES, 30, options, () -> false);
    assertThat(captions).hasSize(30).isSortedAccordingTo(BEST.reversed());
    requireScored(captions);
  }

  @Test
  void sampledCaptionsDoNotDependOnTheBatch() {
    SamplingOptions options = SamplingOptions.DEFAULT.withTemperature(2).withSeed(5);
    assertThat(captioner(3).sample(CODES, 20, options, () -> false))
        .usingRecursiveComparison()
        .isEqualTo(captioner(32).sample(CODES, 20, options, () -> false));
  }

  @Test
  void captionsAreNeverEmptyAndOfManyLengths() {
    // A model for which the end is the likeliest token, for whatever comes before it.
    WeightSource eager =
        (name, shape) -> {
          float[] values = new RandomWeights(SEED).read(name, shape);
          if (name.equals("norm/bias")) {
            values[0] = 4;
          } else if (name.equals("head/weight")) {
            values[2 + CONFIG.textVocabulary() - 1] = 1.8f;
          }
          return values;
        };
    Captioner captioner =
        new Captioner(new IncrementalDecoder(CONFIG, TransformerWeights.read(CONFIG, eager), 64));
    List<Caption> captions = captioner.sample(CODES, 64, SamplingOptions.DEFAULT, () -> false);
    assertThat(captions.stream().map(c -> c.bpe().length).distinct().sorted())
        .containsExactly(1, 2, 3);
    assertThat(captioner.search(CODES, 5, () -> false)).noneMatch(c -> c.bpe().length == 0);
  }

  @Test
  void greedySamplingTakesTheLikeliestTokenEachTime() {
    Caption greedy = captioner(1).sample(CODES, 1, SamplingOptions.greedy(), () -> false).get(0);
    NaiveTransformer naive = new NaiveTransformer(CONFIG, new RandomWeights(SEED));
    SequenceBuilder builder = new SequenceBuilder(CONFIG);
    Vocabulary vocabulary = new Vocabulary(CONFIG);
    for (int slot = 0; slot < greedy.bpe().length; slot++) {
      TokenSequence s = builder.build(greedy.bpe(), CODES, Direction.REVERSE);
      double[] logits =
          naive.logits(s.tokens(), s.positions(), s.targetPositions())[CODES.length + slot];
      double best = Double.NEGATIVE_INFINITY;
      for (int token = 0; token < (slot == 0 ? 256 : 257); token++) {
        best = Math.max(best, logits[vocabulary.text(token)]);
      }
      assertThat(logits[vocabulary.text(greedy.bpe()[slot])]).isEqualTo(best);
    }
  }

  @Test
  void misuseAndCancellingAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> captioner(4).search(CODES, 5, () -> false))
        .withMessage("beam width is 5, but must be 1 to 4");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                captioner(4).sample(CODES, 1, SamplingOptions.DEFAULT.withGuidance(2), () -> false))
        .withMessage("guidance is 2.0, but must be 1 for captions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> captioner(4).search(new int[3], 1, () -> false))
        .withMessage("a picture has 3 codes, but the model's grid has 6");
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> captioner(4).search(CODES, 2, () -> true));
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> captioner(4).sample(CODES, 2, SamplingOptions.DEFAULT, () -> true));
  }

  private static void requireScored(List<Caption> captions) {
    List<Pair> pairs = captions.stream().map(c -> new Pair(c.bpe(), CODES)).toList();
    List<Likelihood.Score> scores =
        new Likelihood(Models.decoder(CONFIG, SEED, 8)).score(pairs, Direction.REVERSE);
    for (int k = 0; k < captions.size(); k++) {
      Caption caption = captions.get(k);
      assertThat(caption.bpe().length).isBetween(1, CONFIG.textLength() - 1);
      assertThat(caption.logLikelihood()).isCloseTo(scores.get(k).text(), within(1e-9));
      assertThat(caption.perToken())
          .isCloseTo(caption.logLikelihood() / (caption.bpe().length + 1), within(1e-12));
    }
  }

  private static Captioner captioner(int maximumBatch) {
    return new Captioner(Models.decoder(CONFIG, SEED, maximumBatch));
  }
}
