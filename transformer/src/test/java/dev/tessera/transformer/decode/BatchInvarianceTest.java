package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a row gives does not depend on how many others there are, nor on which. */
class BatchInvarianceTest {
  private static final int LARGEST = 64;
  private static final int LENGTH = 24;

  /** More than one panel of each matrix; two heads to a panel. */
  private static final TransformerConfig CONFIG =
      TransformerConfig.causal(300, 5, 260, 4, 5, 192, 2, 6);

  private static final TransformerWeights WEIGHTS =
      TransformerWeights.read(CONFIG, new RandomWeights(4));

  /** Every size from 1 to 64, each with rows drawn anew, among them one that is always the same. */
  @ParameterizedTest
  @EnumSource
  void bytesOfLogitsAreTheSameForEveryBatch(WeightFormat format) {
    long seed = 21;
    int[][] texts = texts(seed);
    List<int[]> expected = new ArrayList<>();
    try (IncrementalDecoder alone = new IncrementalDecoder(CONFIG, WEIGHTS, 1, format)) {
      for (int[] text : texts) {
        expected.add(logits(alone, List.of(text)).get(0));
      }
    }
    CounterRandom random = new CounterRandom(seed, "batches", 0);
    try (IncrementalDecoder decoder = new IncrementalDecoder(CONFIG, WEIGHTS, LARGEST, format)) {
      for (int size = 1; size <= LARGEST; size++) {
        int[] drawn = random.ints(size, 0, texts.length).toArray();
        List<int[]> rows = Arrays.stream(drawn).mapToObj(text -> texts[text]).toList();
        List<int[]> found = logits(decoder, rows);
        for (int row = 0; row < size; row++) {
          assertThat(found.get(row))
              .as("seed %d, %d rows, row %d", seed, size, row)
              .isEqualTo(expected.get(drawn[row]));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void codesAreTheSameForEveryBatch(WeightFormat format) {
    long seed = 22;
    CounterRandom random = new CounterRandom(seed, "prompts", 0);
    List<ImagePrompt> prompts = new ArrayList<>();
    for (int k = 0; k < 9; k++) {
      prompts.add(ImagePrompt.text(random.ints(k % 4, 0, 299).toArray(), k));
    }
    // Guidance doubles the rows: 9 pictures are more than a tile.
    SamplingOptions options = SamplingOptions.DEFAULT.withSeed(seed).withGuidance(2).withTopK(40);
    List<ImageSample> together;
    try (IncrementalDecoder decoder = new IncrementalDecoder(CONFIG, WEIGHTS, 18, format)) {
      together = new ImageSampler(decoder).sample(prompts, options);
    }
    for (int rows : new int[] {2, 3, 10}) {
      try (IncrementalDecoder decoder = new IncrementalDecoder(CONFIG, WEIGHTS, rows, format)) {
        List<ImageSample> apart = new ImageSampler(decoder).sample(prompts, options);
        for (int k = 0; k < prompts.size(); k++) {
          assertThat(apart.get(k).codes())
              .as("seed %d, %d rows, picture %d", seed, rows, k)
              .isEqualTo(together.get(k).codes());
          assertThat(apart.get(k).logLikelihood()).isEqualTo(together.get(k).logLikelihood());
        }
      }
    }
  }

  private static int[][] texts(long seed) {
    CounterRandom random = new CounterRandom(seed, "texts", 0);
    int[][] texts = new int[12][];
    for (int k = 0; k < texts.length; k++) {
      texts[k] = random.ints(LENGTH, 0, new Vocabulary(CONFIG).size()).toArray();
      texts[k][0] = Vocabulary.FORWARD;
    }
    return texts;
  }

  /** The bits of all logits of each row. */
  private static List<int[]> logits(IncrementalDecoder decoder, List<int[]> texts) {
    int rows = texts.size();
    int[] positions = new SequenceBuilder(CONFIG).positions(Direction.FORWARD);
    int columns = CONFIG.imageVocabulary();
    List<int[]> bits = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      bits.add(new int[LENGTH * columns]);
    }
    decoder.start(rows);
    for (int t = 0; t < LENGTH; t++) {
      int input = t;
      int[] tokens = texts.stream().mapToInt(text -> text[input]).toArray();
      float[][] logits = decoder.step(tokens, positions[t], positions[t + 1], Range.IMAGE);
      for (int row = 0; row < rows; row++) {
        for (int j = 0; j < columns; j++) {
          bits.get(row)[t * columns + j] = Float.floatToRawIntBits(logits[row][j]);
        }
      }
    }
    return bits;
  }
}
