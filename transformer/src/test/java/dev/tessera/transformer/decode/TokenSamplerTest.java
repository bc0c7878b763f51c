package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.random.CounterRandom;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSamplerTest {
  private static final long SEED = 5;
  private static final float OUT = Float.NEGATIVE_INFINITY;

  @Test
  void greedyTakesTheLowestOfEqualIds() {
    assertThat(TokenSampler.greedy().sample(new float[] {1, 3, 3, -2}, random())).isEqualTo(1);
  }

  @Test
  void topKKeepsTheLowerIdsOfTies() {
    assertThat(kept(filtered(TokenSampler.topK(2, recorder()), 1, 2, 2, 2, 0)))
        .containsExactly(1, 2);
    assertThat(kept(filtered(TokenSampler.topK(4, recorder()), 1, 2, 2, 2, 0)))
        .containsExactly(0, 1, 2, 3);
    assertThat(kept(filtered(TokenSampler.topK(9, recorder()), 1, 2, 3))).containsExactly(0, 1, 2);
    assertThat(kept(filtered(TokenSampler.topK(2, recorder()), 0f, -0f, -1, -3)))
        .containsExactly(0, 1);
    assertThat(kept(filtered(TokenSampler.topK(1, recorder()), -0f, 0f))).containsExactly(0);
  }

  @ParameterizedTest
  // Probabilities 1/8, 1/2, 1/4, 1/8.
  @CsvSource({
    "0.01, '1'",
    "0.499, '1'",
    "0.501, '1 2'",
    "0.74, '1 2'",
    "0.76, '0 1 2'",
    "0.874, '0 1 2'",
    "0.876, '0 1 2 3'",
    "1, '0 1 2 3'"
  })
  void topPKeepsTheFewestThatReachIt(double p, String expected) {
    float[] logits = {log(1 / 8.0), log(1 / 2.0), log(1 / 4.0), log(1 / 8.0)};
    String kept =
        kept(filtered(TokenSampler.topP(p, recorder()), logits))
            .toString()
            .replaceAll("[,\\[\\]]", "");
    assertThat(kept).isEqualTo(expected);
  }

  @Test
  void temperatureDividesDistancesFromTheLargest() {
    assertThat(filtered(TokenSampler.temperature(0.5, recorder()), 1, 3, 2))
        .containsExactly(-4, 0, -2);
    assertThat(filtered(TokenSampler.temperature(1e-300, recorder()), 1, 3, 2))
        .containsExactly(OUT, 0, OUT);
  }

  @Test
  void filtersApplyInTheOrderTemperatureTopKTopP() {
    // Of the three that top-k leaves, top-p takes the fewest with four fifths of their own mass.
    TokenSampler sampler =
        TokenSampler.of(SamplingOptions.DEFAULT.withTemperature(2).withTopK(3).withTopP(0.8));
    Set<Integer> seen = new TreeSet<>();
    CounterRandom random = random();
    float[] logits = {2 * log(0.3), 2 * log(0.4), 2 * log(0.2), 2 * log(0.1)};
    for (int i = 0; i < 1000; i++) {
      seen.add(sampler.sample(logits.clone(), random));
    }
    // 0.4 and 0.3 have 7/9 of 0.9; without the top-k they would be 0.7 of 1.
    assertThat(seen).as("seed %d", SEED).containsExactly(0, 1, 2);
    TokenSampler narrower =
        TokenSampler.of(SamplingOptions.DEFAULT.withTemperature(2).withTopK(3).withTopP(0.77));
    seen.clear();
    for (int i = 0; i < 1000; i++) {
      seen.add(narrower.sample(logits.clone(), random));
    }
    assertThat(seen).as("seed %d", SEED).containsExactly(0, 1);
  }

  @Test
  void drawsFollowTheProbabilities() {
    double[] probabilities = {0.5, 0, 0.2, 0.29, 0.01};
    float[] logits = new float[5];
    for (int id = 0; id < 5; id++) {
      logits[id] = log(probabilities[id]) + 40;
    }
    int draws = 100_000;
    int[] counts = new int[5];
    CounterRandom random = random();
    TokenSampler sampler = TokenSampler.of(SamplingOptions.DEFAULT);
    for (int i = 0; i < draws; i++) {
      counts[sampler.sample(logits.clone(), random)]++;
    }
    for (int id = 0; id < 5; id++) {
      double deviation = Math.sqrt(probabilities[id] * (1 - probabilities[id]) / draws);
      assertThat((double) counts[id] / draws)
          .as("seed %d, id %d", SEED, id)
          .isCloseTo(probabilities[id], within(4 * deviation));
    }
  }

  @Test
  void damagedLogitsAreNotDrawnFrom() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                TokenSampler.of(SamplingOptions.DEFAULT)
                    .sample(new float[] {1, Float.NaN}, random()))
        .withMessage("the largest logit is NaN: the model's weights are damaged");
  }

  /** What a filter passes on. */
  private static float[] filtered(TokenSampler filter, float... logits) {
    filter.sample(logits, random());
    return logits;
  }

  private static TokenSampler recorder() {
    return (logits, random) -> 0;
  }

  private static Set<Integer> kept(float[] logits) {
    Set<Integer> ids = new TreeSet<>();
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] != OUT) {
        ids.add(id);
      }
    }
    return ids;
  }

  private static float log(double x) {
    return (float) Math.log(x);
  }

  private static CounterRandom random() {
    return new CounterRandom(SEED, "test", 0);
  }
}
