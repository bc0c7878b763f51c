package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.Holes;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The decoder and the graph that is trained are one model, down to the names of the weights: the
 * same store, the same sequences, every input position.
 */
class DecoderAgreesWithGraphTest {
  private static final long SEED = 13;
  private static final double TOLERANCE = 1e-3;

  static Stream<TransformerConfig> configs() {
    MaskPattern causal = MaskPattern.CAUSAL;
    MaskPattern local = MaskPattern.LOCAL;
    TransformerConfig plain = config(causal, causal);
    TransformerConfig geometric = config(MaskPattern.ROW, MaskPattern.COLUMN, MaskPattern.CONV);
    return Stream.of(
        plain,
        config(local, local),
        config(causal, local, causal),
        config(MaskPattern.ROW, MaskPattern.ROW),
        config(MaskPattern.COLUMN, MaskPattern.COLUMN),
        config(MaskPattern.CONV, MaskPattern.CONV),
        geometric,
        plain.with(new Variant(PositionEncoding.AXIAL, false, false, true, 0)),
        plain.with(new Variant(PositionEncoding.ROTARY, false, false, true, 0)),
        plain.with(new Variant(PositionEncoding.ABSOLUTE, true, false, true, 0)),
        plain.with(new Variant(PositionEncoding.ABSOLUTE, false, true, true, 0)),
        geometric.with(new Variant(PositionEncoding.AXIAL, true, true, true, 0)),
        plain.with(new Variant(PositionEncoding.AXIAL, false, false, true, 1)),
        geometric.with(new Variant(PositionEncoding.ROTARY, true, true, true, 0)),
        geometric.with(new Variant(PositionEncoding.ROTARY, true, true, true, 2)));
  }

  /** Longer than the window of the local pattern. */
  private static TransformerConfig config(MaskPattern... masks) {
    return new TransformerConfig(261, 9, 40, 8, 9, 48, masks.length, 4, Arrays.asList(masks))
        .withInfilling(true);
  }

  @ParameterizedTest
  @MethodSource("configs")
  void logitsAreThoseOfTheGraphAtEveryPosition(TransformerConfig config) {
    assertThat(config.sequenceLength()).isGreaterThan(MaskPattern.WINDOW + 8);
    for (int rows : new int[] {1, 16}) {
      new OneStore(config, rows).compare();
    }
  }

  /** Both sides over one store. */
  private static final class OneStore {
    private final TransformerConfig config;
    private final Vocabulary vocabulary;
    private final int rows;
    private final Plan plan;
    private final IncrementalDecoder decoder;

    OneStore(TransformerConfig config, int rows) {
      this.config = config;
      this.rows = rows;
      vocabulary = new Vocabulary(config);
      ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
      ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
      plan = Plan.forward(graph, Gpt.build(config, graph, rows).logits());
      store.load(randomWeights(store));
      TreeSet<String> read = new TreeSet<>();
      TransformerWeights weights =
          TransformerWeights.read(
              config,
              (name, shape) -> {
                read.add(name);
                assertThat(store.array(name).shape()).as(name).isEqualTo(shape);
                return HostCopy.floats(store.array(name));
              });
      assertThat(read).isEqualTo(new TreeSet<>(store.names()));
      decoder = new IncrementalDecoder(config, weights, rows);
    }

    private static TensorMap randomWeights(ParameterStore store) {
      TensorMap tensors = new TensorMap();
      for (String name : store.names()) {
        long[] shape = store.array(name).shape();
        tensors.put(name, new Tensor(shape, new RandomWeights(SEED).read(name, shape)));
      }
      return tensors;
    }

    void compare() {
      SequenceBuilder builder = new SequenceBuilder(config);
      for (Direction direction : Direction.values()) {
        for (boolean prompted : new boolean[] {true, false}) {
          compare(
              direction.toString(),
              sequences(prompted, (text, codes) -> builder.build(text, codes, direction)),
              prompted);
        }
      }
      boolean[] known = new Holes(config.gridHeight(), config.gridWidth()).box(2, 3, 4, 5);
      compare(
          "INFILLING",
          sequences(true, (text, codes) -> builder.infilling(text, codes, known)),
          true);
    }

    private List<TokenSequence> sequences(
        boolean prompted, BiFunction<int[], int[], TokenSequence> layOut) {
      Random random = new Random(SEED);
      List<TokenSequence> sequences = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        // From one token to more than there is room for.
        int length = prompted ? 1 + random.nextInt(config.textLength() + 2) : 0;
        int[] text = random.ints(length, 0, config.textVocabulary() - 1).toArray();
        int[] codes = random.ints(config.imageLength(), 0, config.imageVocabulary()).toArray();
        sequences.add(layOut.apply(text, codes));
      }
      return sequences;
    }

    private void compare(String order, List<TokenSequence> sequences, boolean prompted) {
      Batch batch = Batch.of(vocabulary, sequences, rows);
      plan.set("orders", batch.orders());
      plan.set("tokens", batch.tokens());
      plan.set("positions", batch.positions());
      plan.set("targetPositions", batch.targetPositions());
      plan.set("modality", batch.modality());
      if (batch.neighbours().length > 0) {
        plan.set("neighbours", batch.neighbours());
      }
      plan.run();
      float[] expected = plan.floats("logits"); // [B·T, V]

      decoder.start(rows);
      for (int t = 0; t < batch.length(); t++) {
        int input = t;
        int[] tokens = sequences.stream().mapToInt(s -> s.tokens()[input]).toArray();
        boolean image = batch.modality()[t] == Batch.IMAGE;
        Range range = image ? Range.IMAGE : Range.TEXT;
        float[][] logits =
            decoder.step(tokens, batch.positions()[t], batch.targetPositions()[t], range);
        int first = image ? vocabulary.firstImage() : vocabulary.firstText();
        for (int row = 0; row < rows; row++) {
          int offset = (row * batch.length() + t) * vocabulary.size();
          String where = config.masks() + " " + order + " prompted " + prompted + " rows " + rows;
          assertClose(
              where + " row " + row + " input " + t,
              logits[row],
              Arrays.copyOfRange(expected, offset + first, offset + first + range.size(config)));
        }
      }
    }

    private static void assertClose(String where, float[] actual, float[] expected) {
      double largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(largest).as(where).isBetween(0.1, 1e3);
      assertThat(actual).as(where).hasSameSizeAs(expected);
      for (int i = 0; i < actual.length; i++) {
        if (!(Math.abs(actual[i] - expected[i]) <= TOLERANCE * largest)) {
          throw new AssertionError(
              where + " id " + i + ": decoder " + actual[i] + ", graph " + expected[i]);
        }
      }
    }
  }
}
