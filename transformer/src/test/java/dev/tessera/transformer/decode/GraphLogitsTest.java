package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;

/** The decoder and the graph that is trained are one model, down to the names of the weights. */
class GraphLogitsTest {
  private static final long SEED = 13;
  private static final int ROWS = 3;
  private static final TransformerConfig CONFIG = Models.MIXED;

  @ParameterizedTest
  @EnumSource
  void logitsAreThoseOfTheGraphAtEveryPosition(Direction direction) {
    TensorMap tensors = new TensorMap();
    TransformerWeights weights =
        TransformerWeights.read(
            CONFIG,
            (name, shape) -> {
              float[] values = new RandomWeights(SEED).read(name, shape);
              tensors.put(name, new Tensor(shape, values));
              return values;
            });
    ModelGraph graph = new ModelGraph(new ParameterStore(tensors), DataType.FLOAT);
    Gpt gpt = Gpt.build(CONFIG, graph, ROWS);
    Plan plan = Plan.forward(graph, gpt.logits());
    assertThat(graph.parameters()).containsExactlyInAnyOrderElementsOf(tensors.names());

    SequenceBuilder builder = new SequenceBuilder(CONFIG);
    List<TokenSequence> sequences =
        Models.pairs(CONFIG, SEED, ROWS).stream()
            .map(pair -> builder.build(pair.bpe(), pair.codes(), direction))
            .toList();
    Vocabulary vocabulary = new Vocabulary(CONFIG);
    Batch batch = Batch.of(vocabulary, sequences, ROWS);
    plan.set("tokens", batch.tokens());
    plan.set("positions", batch.positions());
    plan.set("targetPositions", batch.targetPositions());
    plan.set("modality", batch.modality());
    plan.run();
    float[] expected = plan.floats("logits"); // [B·T, V]

    IncrementalDecoder decoder = new IncrementalDecoder(CONFIG, weights, ROWS);
    decoder.start(ROWS);
    int[] tokens = new int[ROWS];
    for (int t = 0; t < batch.length(); t++) {
      for (int row = 0; row < ROWS; row++) {
        tokens[row] = sequences.get(row).tokens()[t];
      }
      boolean image = batch.modality()[t] == Batch.IMAGE;
      Range range = image ? Range.IMAGE : Range.TEXT;
      float[][] logits =
          decoder.step(tokens, batch.positions()[t], batch.targetPositions()[t], range);
      for (int row = 0; row < ROWS; row++) {
        int offset =
            (row * batch.length() + t) * vocabulary.size()
                + (image ? vocabulary.firstImage() : vocabulary.firstText());
        for (int j = 0; j < range.size(CONFIG); j++) {
          assertThat(logits[row][j])
              .as("seed %d, %s, row %d, input %d, id %d", SEED, direction, row, t, j)
              .isCloseTo(expected[offset + j], within(5e-4f));
        }
      }
    }
  }
}
