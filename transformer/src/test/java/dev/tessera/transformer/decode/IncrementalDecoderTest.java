package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncrementalDecoderTest {
  private static final long SEED = 7;
  private static final TransformerConfig CONFIG = Models.MIXED;

  @ParameterizedTest
  @CsvSource({
    "FORWARD, 1, F32, 1e-4",
    "REVERSE, 1, F32, 1e-4",
    "FORWARD, 16, F32, 1e-4",
    "REVERSE, 16, F32, 1e-4",
    "FORWARD, 17, BF16, 4e-2",
    "REVERSE, 1, BF16, 4e-2",
    "FORWARD, 2, INT8, 8e-2"
  })
  void logitsAreThoseOfTheDefinitionAtEveryPosition(
      Direction direction, int batch, WeightFormat format, double tolerance) {
    Vocabulary vocabulary = new Vocabulary(CONFIG);
    NaiveTransformer naive = new NaiveTransformer(CONFIG, new RandomWeights(SEED));
    List<TokenSequence> sequences = sequences(direction, batch);
    for (Range range : new Range[] {Range.TEXT, Range.IMAGE}) {
      float[][][] logits =
          run(Models.decoder(CONFIG, SEED, batch, format), sequences, range); // [T][B][range]
      int first = range == Range.TEXT ? vocabulary.firstText() : vocabulary.firstImage();
      for (int row = 0; row < batch; row++) {
        TokenSequence s = sequences.get(row);
        double[][] expected = naive.logits(s.tokens(), s.positions(), s.targetPositions());
        for (int t = 0; t < s.length(); t++) {
          // Relative to the size of the logits: single ones can be arbitrarily close to 0.
          double size = 0;
          for (int j = 0; j < range.size(CONFIG); j++) {
            size = Math.max(size, Math.abs(expected[t][first + j]));
          }
          for (int j = 0; j < range.size(CONFIG); j++) {
            assertThat((double) logits[t][row][j])
                .as("seed %d, row %d, input %d, %s %d", SEED, row, t, range, j)
                .isCloseTo(expected[t][first + j], within(tolerance * size));
          }
        }
      }
    }
  }

  @Test
  void bitsDoNotDependOnTheBatch() {
    List<TokenSequence> sequences = sequences(Direction.FORWARD, 16);
    float[][][] together = run(Models.decoder(CONFIG, SEED, 16), sequences, Range.IMAGE);
    for (int rows : new int[] {1, 2, 3, 5}) {
      IncrementalDecoder decoder = Models.decoder(CONFIG, SEED, rows);
      for (int start = 0; start + rows <= 16; start += 5) {
        float[][][] apart = run(decoder, sequences.subList(start, start + rows), Range.IMAGE);
        for (int t = 0; t < CONFIG.sequenceLength(); t++) {
          for (int row = 0; row < rows; row++) {
            assertThat(bits(apart[t][row]))
                .as("%d rows, row %d, input %d", rows, start + row, t)
                .isEqualTo(bits(together[t][start + row]));
          }
        }
      }
    }
  }

  @Test
  void skippedHeadsChangeNothing() {
    List<TokenSequence> sequences = sequences(Direction.FORWARD, 2);
    float[][][] all = run(Models.decoder(CONFIG, SEED, 2), sequences, Range.IMAGE);
    IncrementalDecoder decoder = Models.decoder(CONFIG, SEED, 2);
    decoder.start(2);
    int last = CONFIG.sequenceLength() - 1;
    for (int t = 0; t < last; t++) {
      assertThat(step(decoder, sequences, t, Range.NONE)).isEmpty();
    }
    assertThat(step(decoder, sequences, last, Range.IMAGE)).isDeepEqualTo(all[last]);
  }

  @Test
  void aReorderedRowGoesOnAsItsParentWould() {
    long seed = 11;
    int maximum = 6;
    CounterRandom random = new CounterRandom(seed, "parents", 0);
    IncrementalDecoder decoder = Models.decoder(CONFIG, SEED, maximum);
    IncrementalDecoder fresh = Models.decoder(CONFIG, SEED, maximum);
    SequenceBuilder builder = new SequenceBuilder(CONFIG);
    int[] positions = builder.positions(Direction.FORWARD);
    Vocabulary vocabulary = new Vocabulary(CONFIG);
    List<int[]> histories = new ArrayList<>();
    for (int row = 0; row < 3; row++) {
      histories.add(new int[0]);
    }
    decoder.start(3);
    for (int t = 0; t < 30; t++) {
      int[] tokens = new int[histories.size()];
      for (int row = 0; row < tokens.length; row++) {
        tokens[row] = random.nextInt(t == 0 ? vocabulary.orders() : vocabulary.size());
        int[] longer = Arrays.copyOf(histories.get(row), t + 1);
        longer[t] = tokens[row];
        histories.set(row, longer);
      }
      float[][] found = decoder.step(tokens, positions[t], positions[t + 1], Range.IMAGE);
      fresh.start(tokens.length);
      float[][] expected = {};
      for (int i = 0; i <= t; i++) {
        for (int row = 0; row < tokens.length; row++) {
          tokens[row] = histories.get(row)[i];
        }
        expected = fresh.step(tokens, positions[i], positions[i + 1], Range.IMAGE);
      }
      for (int row = 0; row < tokens.length; row++) {
        assertThat(bits(found[row]))
            .as("seed %d, input %d, row %d", seed, t, row)
            .isEqualTo(bits(expected[row]));
      }
      int[] parents = new int[1 + random.nextInt(maximum)];
      List<int[]> inherited = new ArrayList<>();
      for (int row = 0; row < parents.length; row++) {
        parents[row] = random.nextInt(histories.size());
        inherited.add(histories.get(parents[row]));
      }
      decoder.reorder(parents);
      assertThat(decoder.batch()).isEqualTo(parents.length);
      histories = inherited;
    }
  }

  @Test
  void misuseIsNamed() {
    IncrementalDecoder decoder = Models.decoder(Models.SMALL, SEED, 2);
    assertThatIllegalStateException()
        .isThrownBy(() -> decoder.step(new int[1], 0, 1, Range.NONE))
        .withMessage("the decoder has no rows yet");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> decoder.start(3))
        .withMessage("a batch of 3 rows was asked for, but must be 1 to 2");
    decoder.start(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> decoder.step(new int[] {0, 1000}, 0, 1, Range.NONE))
        .withMessage("order token is 1000, but must be 0 to 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> decoder.step(new int[] {0, 0}, 0, 11, Range.NONE))
        .withMessage("target position is 11, but must be 0 to 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> decoder.reorder(new int[] {2}))
        .withMessage("parent row is 2, but must be 0 to 1");
    for (int t = 0; t < Models.SMALL.sequenceLength(); t++) {
      decoder.step(new int[2], t, t + 1, Range.NONE);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> decoder.step(new int[2], 0, 1, Range.NONE))
        .withMessage("all 10 inputs of the sequences have been given");
  }

  @Test
  void aTensorOfAnotherSizeIsNamed() {
    WeightSource damaged =
        (name, shape) ->
            name.equals("block1/mlp/up/bias")
                ? new float[3]
                : new RandomWeights(SEED).read(name, shape);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransformerWeights.read(Models.SMALL, damaged))
        .withMessage("tensor block1/mlp/up/bias has 3 values, but the model needs 64");
  }

  private static List<TokenSequence> sequences(Direction direction, int count) {
    SequenceBuilder builder = new SequenceBuilder(CONFIG);
    return Models.pairs(CONFIG, SEED, count).stream()
        .map(pair -> builder.build(pair.bpe(), pair.codes(), direction))
        .toList();
  }

  private static float[][][] run(
      IncrementalDecoder decoder, List<TokenSequence> sequences, Range range) {
    float[][][] logits = new float[CONFIG.sequenceLength()][sequences.size()][];
    decoder.start(sequences.size());
    for (int t = 0; t < logits.length; t++) {
      float[][] own = step(decoder, sequences, t, range);
      for (int row = 0; row < sequences.size(); row++) {
        logits[t][row] = own[row].clone();
      }
    }
    return logits;
  }

  private static float[][] step(
      IncrementalDecoder decoder, List<TokenSequence> sequences, int t, Range range) {
    return decoder.step(
        sequences.stream().mapToInt(s -> s.tokens()[t]).toArray(),
        sequences.stream().mapToInt(s -> s.positions()[t]).toArray(),
        sequences.stream().mapToInt(s -> s.targetPositions()[t]).toArray(),
        range);
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
