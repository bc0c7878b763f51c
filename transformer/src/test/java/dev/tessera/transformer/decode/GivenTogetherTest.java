package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Many inputs at once leave and find the same bits as one after the other. */
class GivenTogetherTest {
  private static final TransformerConfig WIDE =
      TransformerConfig.causal(300, 40, 260, 6, 9, 192, 2, 6);

  static Stream<Arguments> models() {
    TransformerConfig variant =
        new TransformerConfig(
                259,
                30,
                37,
                8,
                9,
                48,
                3,
                3,
                List.of(MaskPattern.ROW, MaskPattern.LOCAL, MaskPattern.CONV))
            .with(new Variant(PositionEncoding.ROTARY, true, true, false, 2));
    return Stream.of(WeightFormat.values())
        .flatMap(
            format ->
                Stream.of(WIDE, variant, Models.MIXED).map(config -> Arguments.of(format, config)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void bitsAreThoseOfSingleSteps(WeightFormat format, TransformerConfig config) {
    long seed = 17;
    int length = config.sequenceLength();
    CounterRandom random = new CounterRandom(seed, "inputs", 0);
    // Few rows, and more than are given together; lengths within and across blocks.
    for (int rows : new int[] {1, 3, 19}) {
      int[][] tokens = new int[rows][];
      int[][] positions = new int[rows][length];
      int[][] targets = new int[rows][length];
      for (int row = 0; row < rows; row++) {
        tokens[row] = random.ints(length, 0, new Vocabulary(config).size()).toArray();
        tokens[row][0] = row % 2;
        for (int i = 0; i < length; i++) {
          positions[row][i] = i;
          targets[row][i] = i + 1;
        }
      }
      int[][][] expected = new int[length][rows][];
      int[][][] found = new int[length][rows][];
      try (IncrementalDecoder single = Models.decoder(config, seed, rows, format);
          IncrementalDecoder together = Models.decoder(config, seed, rows, format)) {
        single.start(rows);
        together.start(rows);
        int last = length - 3;
        for (int input = 0; input < length; input++) {
          step(single, tokens, input, expected);
        }
        while (together.length() < last) {
          int end = Math.min(last, together.length() + 1 + random.nextInt(70));
          together.give(
              tokens,
              positions,
              targets,
              end,
              Range.IMAGE,
              (row, input, logits) -> found[input][row] = bits(logits));
        }
        for (int input = last; input < length; input++) {
          step(together, tokens, input, found);
        }
      }
      for (int input = 0; input < length; input++) {
        for (int row = 0; row < rows; row++) {
          assertThat(found[input][row])
              .as("seed %d, %d rows, row %d, input %d", seed, rows, row, input)
              .isEqualTo(expected[input][row]);
        }
      }
    }
  }

  @Test
  void moreThanTheModelTakesIsRefused() {
    IncrementalDecoder decoder = Models.decoder(Models.SMALL, 1, 1);
    decoder.start(1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                decoder.give(
                    new int[1][11],
                    new int[1][11],
                    new int[1][11],
                    11,
                    Range.NONE,
                    (r, i, l) -> {}))
        .withMessage("inputs up to 11 were given to rows that have had 0 of 10");
  }

  private static void step(
      IncrementalDecoder decoder, int[][] tokens, int input, int[][][] logits) {
    int[] now = Arrays.stream(tokens).mapToInt(row -> row[input]).toArray();
    float[][] found = decoder.step(now, input, input + 1, Range.IMAGE);
    for (int row = 0; row < now.length; row++) {
      logits[input][row] = bits(found[row]);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
