package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guidance leads nowhere if the conditional stream loses sight of the prompt. Here every token of
 * the prompt is changed in turn, and must change the logits at every position of the picture.
 *
 * <p>The models have one layer: there, keys and values of image tokens do not depend on the prompt,
 * so that nothing but attention to the prompt itself can carry it.
 */
class PromptSeenTest {
  private static final long SEED = 31;
  private static final double VISIBLE = 1e-4;

  /** Gives each row one more token; the logits. */
  private interface Decoding {
    float[][] step(int input, int[] tokens, int position, int targetPosition, Range range);
  }

  static Stream<TransformerConfig> configs() {
    List<TransformerConfig> configs = new ArrayList<>();
    for (MaskPattern mask : MaskPattern.values()) {
      configs.add(config(mask));
    }
    for (PositionEncoding positions : PositionEncoding.values()) {
      configs.add(config(MaskPattern.CAUSAL).with(new Variant(positions, true, true)));
    }
    return configs.stream();
  }

  private static TransformerConfig config(MaskPattern mask) {
    return new TransformerConfig(257, 4, 11, 4, 5, 16, 1, 2, List.of(mask));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyTokenOfThePromptIsSeenAtEveryPositionOfThePicture(TransformerConfig config) {
    List<TokenSequence> sequences = sequences(config);
    try (IncrementalDecoder decoder = Models.decoder(config, SEED, sequences.size())) {
      decoder.start(sequences.size());
      assertSeen(
          config,
          sequences,
          (input, tokens, position, target, range) ->
              decoder.step(tokens, position, target, range));
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aDecoderThatDropsThePromptAfterTheFirstImageTokenIsFound(TransformerConfig config) {
    List<TokenSequence> sequences = sequences(config);
    try (IncrementalDecoder decoder = Models.decoder(config, SEED, sequences.size())) {
      decoder.start(sequences.size());
      assertThatThrownBy(() -> assertSeen(config, sequences, dropping(decoder, sequences)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("image token 1 ");
    }
  }

  /** When the first image token comes in, all that precedes it is forgotten but the order token. */
  private static Decoding dropping(IncrementalDecoder decoder, List<TokenSequence> sequences) {
    TransformerConfig config = decoder.config();
    return (input, tokens, position, target, range) -> {
      if (input == config.textLength() + 1) {
        decoder.start(tokens.length);
        decoder.step(sequences.stream().mapToInt(s -> s.tokens()[0]).toArray(), 0, 1, Range.NONE);
      }
      return decoder.step(tokens, position, target, range);
    };
  }

  /** One prompt, then the same with another token in each slot, then none; one picture for all. */
  private static List<TokenSequence> sequences(TransformerConfig config) {
    SequenceBuilder builder = new SequenceBuilder(config);
    int[] codes =
        new Random(SEED).ints(config.imageLength(), 0, config.imageVocabulary()).toArray();
    int[] prompt = {10, 200, 30};
    List<TokenSequence> sequences = new ArrayList<>();
    sequences.add(builder.build(prompt, codes, Direction.FORWARD));
    for (int slot = 0; slot < prompt.length; slot++) {
      int[] other = prompt.clone();
      other[slot]++;
      sequences.add(builder.build(other, codes, Direction.FORWARD));
    }
    sequences.add(builder.build(new int[0], codes, Direction.FORWARD));
    return sequences;
  }

  private static void assertSeen(
      TransformerConfig config, List<TokenSequence> sequences, Decoding decoding) {
    TokenSequence first = sequences.get(0);
    for (int t = 0; t < first.length(); t++) {
      int input = t;
      int[] tokens = sequences.stream().mapToInt(s -> s.tokens()[input]).toArray();
      int slot = t - config.textLength();
      Range range = slot < 0 ? Range.NONE : Range.IMAGE;
      float[][] logits =
          decoding.step(t, tokens, first.positions()[t], first.targetPositions()[t], range);
      for (int row = 1; slot >= 0 && row < tokens.length; row++) {
        assertThat(distance(logits[row], logits[0]))
            .as("what prompt %d changes at image token %d of %s", row, slot, config)
            .isGreaterThan(VISIBLE);
      }
    }
  }

  private static double distance(float[] a, float[] b) {
    double[] differences = new double[a.length];
    Arrays.setAll(differences, i -> Math.abs(a[i] - b[i]));
    return Arrays.stream(differences).max().orElseThrow();
  }
}
