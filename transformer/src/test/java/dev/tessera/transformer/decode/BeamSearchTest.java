package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.random.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BeamSearchTest {
  private static final int VOCABULARY = 4;
  private static final int END = 3;
  private static final int SLOTS = 5;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aWideBeamFindsWhatExhaustiveSearchFinds(long seed) {
    List<Caption> all = new ArrayList<>();
    exhaust(seed, new int[0], 0, all);
    // 3 + 9 + 27 + 81 texts of 1 to 4 tokens.
    assertThat(all).hasSize(120);
    all.sort(Comparator.comparingDouble(Caption::perToken).reversed());

    List<Caption> found = new BeamSearch(81, SLOTS, END).search(new Table(seed));

    assertThat(found).hasSize(81);
    for (int rank = 0; rank < found.size(); rank++) {
      Caption expected = all.get(rank);
      assertThat(found.get(rank).bpe())
          .as("seed %d, rank %d", seed, rank)
          .isEqualTo(expected.bpe());
      assertThat(found.get(rank).logLikelihood()).isCloseTo(expected.logLikelihood(), within(1e-6));
      assertThat(found.get(rank).perToken()).isCloseTo(expected.perToken(), within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aBeamOfOneIsGreedyUntilStoppingIsBest(long seed) {
    List<Caption> onTheWay = new ArrayList<>();
    int[] bpe = {};
    double logLikelihood = 0;
    while (bpe.length + 1 < SLOTS) {
      double[] logProbabilities = logProbabilities(seed, bpe);
      int best = 0;
      for (int token = 0; token < END; token++) {
        best = logProbabilities[token] > logProbabilities[best] ? token : best;
      }
      logLikelihood += logProbabilities[best];
      bpe = append(bpe, best);
      onTheWay.add(Caption.of(bpe, logLikelihood + logProbabilities(seed, bpe)[END]));
    }
    onTheWay.sort(Comparator.comparingDouble(Caption::perToken).reversed());

    List<Caption> found = new BeamSearch(1, SLOTS, END).search(new Table(seed));

    assertThat(found).hasSize(1);
    assertThat(found.get(0).bpe()).as("seed %d", seed).isEqualTo(onTheWay.get(0).bpe());
  }

  @Test
  void theSearchStopsWhenNothingCanImprove() {
    // After one token the end is nearly certain; all that goes on is nearly impossible.
    int[] steps = {0};
    BeamSearch.Extender model =
        (parents, tokens) -> {
          steps[0]++;
          float[][] rows = new float[tokens.length][];
          for (int row = 0; row < rows.length; row++) {
            rows[row] = tokens[0] < 0 ? new float[] {20, 0, 0, 0} : new float[] {0, 0, 0, 30};
          }
          return rows;
        };
    List<Caption> found = new BeamSearch(1, 50, END).search(model);
    assertThat(found.get(0).bpe()).containsExactly(0);
    assertThat(steps[0]).isEqualTo(2);
  }

  @Test
  void equalTextsComeInTheOrderOfTheirIds() {
    BeamSearch.Extender model = (parents, tokens) -> new float[tokens.length][VOCABULARY];
    List<Caption> found = new BeamSearch(3, 2, END).search(model);
    assertThat(found).extracting(c -> c.bpe()[0]).containsExactly(0, 1, 2);
  }

  private static void exhaust(long seed, int[] bpe, double logLikelihood, List<Caption> all) {
    double[] logProbabilities = logProbabilities(seed, bpe);
    if (bpe.length > 0) {
      all.add(Caption.of(bpe, logLikelihood + logProbabilities[END]));
    }
    for (int token = 0; token < END && bpe.length + 1 < SLOTS; token++) {
      exhaust(seed, append(bpe, token), logLikelihood + logProbabilities[token], all);
    }
  }

  private static double[] logProbabilities(long seed, int[] bpe) {
    float[] logits = logits(seed, bpe);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    double[] logProbabilities = new double[VOCABULARY];
    for (int token = 0; token < VOCABULARY; token++) {
      logProbabilities[token] = logits[token] - Math.log(sum);
    }
    return logProbabilities;
  }

  /** A model that is a table: any text has its own random logits. */
  private static float[] logits(long seed, int[] bpe) {
    CounterRandom random = new CounterRandom(seed, Arrays.toString(bpe), 0);
    float[] logits = new float[VOCABULARY];
    for (int token = 0; token < VOCABULARY; token++) {
      logits[token] = (float) (2 * random.nextGaussian());
    }
    return logits;
  }

  private static int[] append(int[] bpe, int token) {
    int[] longer = Arrays.copyOf(bpe, bpe.length + 1);
    longer[bpe.length] = token;
    return longer;
  }

  /** Knows the texts of the beam only by parents and tokens, as a decoder does. */
  private static final class Table implements BeamSearch.Extender {
    private final long seed;
    private List<int[]> texts = List.of(new int[0]);

    Table(long seed) {
      this.seed = seed;
    }

    @Override
    public float[][] extend(int[] parents, int[] tokens) {
      List<int[]> next = new ArrayList<>();
      float[][] rows = new float[tokens.length][];
      for (int row = 0; row < tokens.length; row++) {
        int[] parent = texts.get(parents[row]);
        next.add(tokens[row] < 0 ? parent : append(parent, tokens[row]));
        rows[row] = logits(seed, next.get(row));
      }
      texts = next;
      return rows;
    }
  }
}
