package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.Likelihood.Pair;
import dev.tessera.transformer.decode.Likelihood.Score;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LikelihoodTest {
  private static final long SEED = 3;
  private static final TransformerConfig CONFIG = Models.MIXED;

  @ParameterizedTest
  @EnumSource
  void scoresAreSumsOverTheDefinitionsDistribution(Direction direction) {
    NaiveTransformer naive = new NaiveTransformer(CONFIG, new RandomWeights(SEED));
    List<Pair> pairs = Models.pairs(CONFIG, SEED, 9);
    List<Score> scores = new Likelihood(Models.decoder(CONFIG, SEED, 4)).score(pairs, direction);

    assertThat(scores).hasSize(9);
    for (int k = 0; k < 9; k++) {
      double[] expected = naiveScore(naive, pairs.get(k), direction);
      assertThat(scores.get(k).text()).isCloseTo(expected[0], within(1e-3));
      assertThat(scores.get(k).image()).isCloseTo(expected[1], within(1e-2));
      assertThat(scores.get(k).textTokens()).isEqualTo((int) expected[2]);
      assertThat(scores.get(k).imageTokens()).isEqualTo(CONFIG.imageLength());
    }
  }

  @Test
  void textGivenAPictureIsScoredAsInReverseWhereverPicturesAreShared() {
    List<Pair> pairs = new ArrayList<>(Models.pairs(CONFIG, SEED, 9));
    int[] shared = pairs.get(0).codes();
    pairs.set(4, new Pair(pairs.get(4).bpe(), shared));
    pairs.set(5, new Pair(new int[0], shared));
    List<Score> scores =
        new Likelihood(Models.decoder(CONFIG, SEED, 4)).score(pairs, Direction.REVERSE);
    for (int rows : new int[] {1, 4, 16}) {
      double[] texts =
          new Likelihood(Models.decoder(CONFIG, SEED, rows)).textGivenImage(pairs, () -> false);
      assertThat(texts)
          .as("a decoder of %d rows", rows)
          .containsExactly(scores.stream().mapToDouble(Score::text).toArray());
    }
  }

  @Test
  void textThatWasDroppedCostsNothing() {
    int[] codes = new int[CONFIG.imageLength()];
    Score score =
        new Likelihood(Models.decoder(CONFIG, SEED, 1))
            .score(List.of(new Pair(new int[0], codes)), Direction.REVERSE)
            .get(0);
    assertThat(score.text()).isZero();
    assertThat(score.textTokens()).isZero();
    assertThat(score.total()).isEqualTo(score.image());
  }

  @Test
  void bitsPerTokenAreNatsOverTokensAndLogarithmOfTwo() {
    Score score = new Score(-4 * Math.log(2), -6 * Math.log(2), 2, 12);
    assertThat(score.textBitsPerToken()).isCloseTo(2, within(1e-12));
    assertThat(score.imageBitsPerToken()).isCloseTo(0.5, within(1e-12));
  }

  /** Text, image, text tokens. */
  private static double[] naiveScore(NaiveTransformer naive, Pair pair, Direction direction) {
    Vocabulary vocabulary = new Vocabulary(CONFIG);
    TokenSequence s = new SequenceBuilder(CONFIG).build(pair.bpe(), pair.codes(), direction);
    double[][] logits = naive.logits(s.tokens(), s.positions(), s.targetPositions());
    double[] score = new double[3];
    int words = Math.min(pair.bpe().length, CONFIG.textLength() - 1);
    for (int t = 0; t < s.length(); t++) {
      boolean image = vocabulary.isImagePosition(s.targetPositions()[t]);
      int from = image ? vocabulary.firstImage() : vocabulary.firstText();
      int to = image ? vocabulary.size() : vocabulary.endText();
      double sum = Arrays.stream(logits[t], from, to).map(Math::exp).sum();
      double logProbability = logits[t][s.targets()[t]] - Math.log(sum);
      if (image) {
        score[1] += logProbability;
      } else if (words > 0 && s.targetPositions()[t] <= 1 + words) {
        score[0] += logProbability;
        score[2]++;
      }
    }
    return score;
  }
}
