package dev.tessera.transformer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.shard.PictureTokens;
import dev.tessera.transformer.shard.ShardHeader;
import dev.tessera.transformer.shard.ShardWriter;
import dev.tessera.transformer.shard.TokenOrigin;
import dev.tessera.transformer.shard.TokenShards;
import dev.tessera.transformer.training.TokenisedPictures;
import dev.tessera.transformer.training.TransformerTraining;
import dev.tessera.transformer.training.TransformerTrainingConfig;
import dev.tessera.vqvae.caption.Keywords;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.training.Adversary;
import dev.tessera.vqvae.training.EpochOrder;
import dev.tessera.vqvae.training.VqvaeTraining;
import dev.tessera.vqvae.training.VqvaeTrainingConfig;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The same source and seed give the same pictures, order, batches and vocabulary on every machine:
 * the digests here were made on one, and have to come out on all.
 */
class SameEverywhereTest {
  private static final long SEED = 5;
  private static final int BATCH = 6;
  private static final Optimiser.Options OPTIMISER = new Optimiser.Options(0.9, 0.99, 0.01, 1);
  private static final LearningRate RATE =
      new LearningRate(0.01, 2, 0.5, LearningRate.Decay.LINEAR, 0);
  private static final Augmentation ALL_OF_IT = new Augmentation(2, true, 0.8, 20, 0.2);

  @TempDir private Path folder;
  private PreparedPictures pictures;

  @BeforeEach
  void prepare() throws IOException, URISyntaxException {
    Path source =
        Path.of(Objects.requireNonNull(SameEverywhereTest.class.getResource("repeatable")).toURI());
    pictures =
        PreparedPictures.prepare(
            PictureSource.parse(source.toString()),
            PictureConfig.square(16),
            folder.resolve("cache"),
            new PrepareOptions(0, 0.2, 0),
            PrepareListener.NONE);
  }

  private static String digest(byte[] bytes) {
    return Sha256.hex(Sha256.of(bytes)).substring(0, 16);
  }

  private static String digest(int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
    Arrays.stream(values).forEach(bytes::putInt);
    return digest(bytes.array());
  }

  private static String digest(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return digest(bits);
  }

  @Test
  void preparedPictures() {
    assertThat(pictures.size()).isEqualTo(10);
    assertThat(Sha256.hex(pictures.digest()).substring(0, 16)).isEqualTo("fd328f73d20e644c");
  }

  @Test
  void theVocabulary() {
    Bpe bpe = CaptionVocabulary.learn(pictures, 300);
    assertThat(bpe.vocabularySize()).isGreaterThan(Bpe.MINIMUM_VOCABULARY);
    assertThat(digest(bpe.toByteArray())).isEqualTo("39779407d48ddc13");
  }

  @Test
  void theOrderOfThePasses() {
    EpochOrder order = new EpochOrder(pictures.trainingParts(), SEED, "vqvae order");
    int[] first = new int[4 * order.length()];
    for (int place = 0; place < first.length; place++) {
      first[place] = order.at(place);
    }
    assertThat(digest(first)).isEqualTo("4c55309cc067721a");
  }

  @Test
  void theBatchesOfStage1() {
    VqvaeConfig config =
        new VqvaeConfig(PictureConfig.square(16), 4, 4, 4, 0, new FiniteScalar(List.of(8, 5, 5)));
    VqvaeTraining training =
        new VqvaeTraining(
            config,
            new VqvaeTrainingConfig(
                BATCH, 1, RATE, OPTIMISER, 0.9, ALL_OF_IT, new Adversary.None()),
            pictures,
            SEED,
            Execution.plain(),
            (step, originals, reconstructions) -> {});
    int values = BATCH * config.picture().bytes();
    List<String> digests = new ArrayList<>();
    for (long step : new long[] {0, 1, 1000}) {
      Plan plan =
          caught(training, step, graph -> List.of(graph.placeholder("pictures", values, 1)));
      digests.add(digest(plan.floats("pictures")));
    }
    training.close();
    assertThat(digests).containsExactly("3121579911b90b0b", "db396e9f9dbe52e0", "89c41b007b08f746");
  }

  @Test
  void theBatchesOfStage2() throws IOException {
    Bpe bpe = CaptionVocabulary.learn(pictures, 300);
    TransformerConfig config = TransformerConfig.causal(bpe.vocabularySize(), 8, 16, 2, 2, 8, 1, 1);
    Keywords keywords = new Keywords(true, 0.3);
    TransformerTraining training =
        new TransformerTraining(
            config,
            new TransformerTrainingConfig(
                BATCH, 1, RATE, OPTIMISER, 0.9, 0.3, 0.2, 0, 0.1, 0, 3, ALL_OF_IT, keywords),
            tokens(bpe),
            SEED,
            Execution.plain(),
            (step, weights) -> {});
    int rows = BATCH * config.sequenceLength();
    List<String> digests = new ArrayList<>();
    for (long step : new long[] {0, 1, 1000}) {
      Plan plan =
          caught(
              training,
              step,
              graph -> {
                List<GraphTensor> all = new ArrayList<>();
                for (String name :
                    List.of("tokens", "positions", "targetPositions", "targets", "modality")) {
                  all.add(graph.indices(name, rows));
                }
                all.add(graph.indices("orders", BATCH));
                all.add(graph.placeholder("weights", rows, 1));
                return all;
              });
      digests.add(digest(plan.output("tokens").toIntVector()));
      digests.add(digest(plan.output("targets").toIntVector()));
    }
    training.close();
    assertThat(digests)
        .containsExactly(
            "648b51e7939dd6f2",
            "9252d819d8fbaf88",
            "f797728eddfdc3eb",
            "0d39d6b6da827a16",
            "0ae977b5f6af5ea2",
            "4559e802724f4d9a");
  }

  /** Codes that no model had to make: those of a model depend on its weights. */
  private TokenisedPictures tokens(Bpe bpe) throws IOException {
    Path shards = Files.createDirectories(folder.resolve("tokens"));
    TokenOrigin origin =
        new TokenOrigin(new byte[32], Sha256.of(bpe.toByteArray()), new byte[32], 3, "", 0);
    int size = pictures.size();
    ShardHeader header = new ShardHeader(origin, 16, bpe.vocabularySize(), 2, 2, 0, size, size);
    bpe.write(shards.resolve(TokenShards.TOKENIZER));
    try (ShardWriter writer = new ShardWriter(shards, header)) {
      for (int i = 0; i < size; i++) {
        PictureEntry entry = pictures.entry(i);
        List<int[]> forms = new ArrayList<>();
        for (int form = 0; form < (entry.heldOut() ? 1 : 3); form++) {
          forms.add(new int[] {i, form, (i + form) % 16, 3});
        }
        List<int[]> captions = entry.captions().stream().map(bpe::encode).toList();
        writer.append(new PictureTokens(entry.id(), entry.heldOut(), captions, forms));
      }
    }
    return new TokenisedPictures(pictures, TokenShards.open(shards));
  }

  /** Placeholders of a graph that does nothing but keep what it is given. */
  private interface Placeholders {
    List<GraphTensor> of(ModelGraph graph);
  }

  private static Plan caught(TrainingLoop.Task task, long step, Placeholders placeholders) {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
    Plan plan = Plan.forward(graph, placeholders.of(graph).toArray(GraphTensor[]::new));
    try (ParallelPlan only = new ParallelPlan(BATCH, 1, (share, batch) -> plan)) {
      task.prepare(step).set(only, 0, 0);
    }
    return plan;
  }
}
