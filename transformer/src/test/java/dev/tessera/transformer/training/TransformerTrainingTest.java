package dev.tessera.transformer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Budget;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.engine.train.StepReport;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.tokenizer.SplitRule;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Vocabulary;
import dev.tessera.transformer.shard.PictureTokens;
import dev.tessera.transformer.shard.ShardHeader;
import dev.tessera.transformer.shard.ShardWriter;
import dev.tessera.transformer.shard.TokenOrigin;
import dev.tessera.transformer.shard.TokenShards;
import dev.tessera.vqvae.caption.Keywords;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

class TransformerTrainingTest {
  private static final int PICTURES = 30;
  private static final int VARIANTS = 3;
  private static final int BATCH = 50;
  private static final int TEXT = 4;
  private static final int IMAGE = 6;
  private static final TransformerConfig CONFIG =
      TransformerConfig.causal(257, TEXT, PICTURES, 2, 3, 8, 1, 1);
  private static final Vocabulary VOCABULARY = new Vocabulary(CONFIG);

  /** The same with a token for each letter twice. */
  private static final TransformerConfig JOINED_CONFIG =
      TransformerConfig.causal(257 + PICTURES, TEXT, PICTURES, 2, 3, 8, 1, 1);

  /** Pictures 0, 5, 10 … have no caption. */
  private static final int WITHOUT_CAPTION = 5;

  @TempDir static Path temporary;

  private static @Nullable TokenisedPictures tokenised;
  private static @Nullable TokenisedPictures joined;

  /** Captions are letters: of picture i the i-th of ASCII after this, or that letter twice. */
  private static final char FIRST_LETTER = 'A';

  /** A picture's codes are its number and then its variant. */
  @BeforeAll
  static void tokenise() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("pictures"));
    for (int i = 0; i < PICTURES; i++) {
      Path file = folder.resolve("picture%02d.png".formatted(i));
      ImageIO.write(Rgb.solid(8, 8, 0x010203 * (i + 1)).toImage(), "png", file.toFile());
      if (i % WITHOUT_CAPTION != 0) {
        String letter = Character.toString(FIRST_LETTER + i);
        Files.writeString(
            folder.resolve("picture%02d.txt".formatted(i)), letter + "\n" + letter + letter);
      }
    }
    PreparedPictures pictures =
        PreparedPictures.prepare(
            PictureSource.parse(folder.toString()),
            PictureConfig.square(8),
            temporary.resolve("cache"),
            new PrepareOptions(0, 0.2, 0),
            (done, total) -> {});
    assertThat(pictures.size()).isEqualTo(PICTURES);
    tokenised = tokenised(pictures, Bpe.train(List.of(), 257), "bytes");
    joined = tokenised(pictures, doubles(), "joined");
  }

  /** A vocabulary that has every letter twice as one token. */
  private static Bpe doubles() {
    int[] letters = IntStream.range(FIRST_LETTER, FIRST_LETTER + PICTURES).toArray();
    return Bpe.of(SplitRule.CAPTIONS, letters, letters);
  }

  private static TokenisedPictures tokenised(PreparedPictures pictures, Bpe tokenizer, String name)
      throws IOException {
    Path folder = Files.createDirectories(temporary.resolve(name));
    TokenOrigin origin =
        new TokenOrigin(
            new byte[32], Sha256.of(tokenizer.toByteArray()), new byte[32], VARIANTS, "", 0);
    int vocabulary = tokenizer.vocabularySize();
    ShardHeader header = new ShardHeader(origin, PICTURES, vocabulary, 2, 3, 0, PICTURES, PICTURES);
    tokenizer.write(folder.resolve(TokenShards.TOKENIZER));
    try (ShardWriter writer = new ShardWriter(folder, header)) {
      for (int i = 0; i < PICTURES; i++) {
        PictureEntry entry = pictures.entry(i);
        List<int[]> forms = new ArrayList<>();
        for (int variant = 0; variant < (entry.heldOut() ? 1 : VARIANTS); variant++) {
          int[] codes = repeated(variant, IMAGE);
          codes[0] = i;
          forms.add(codes);
        }
        List<int[]> captions = entry.captions().stream().map(tokenizer::encode).toList();
        writer.append(new PictureTokens(entry.id(), entry.heldOut(), captions, forms));
      }
    }
    return new TokenisedPictures(pictures, TokenShards.open(folder));
  }

  private static TokenisedPictures data() {
    return Objects.requireNonNull(tokenised);
  }

  private static TransformerTrainingConfig training(double reverse, double dropped) {
    return training(reverse, dropped, 0);
  }

  private static TransformerTrainingConfig training(double reverse, double dropped, double infill) {
    return new TransformerTrainingConfig(
        BATCH,
        1,
        new LearningRate(0.01, 2, 0.5, LearningRate.Decay.LINEAR, 0),
        new Optimiser.Options(0.9, 0.99, 0.01, 1),
        0.9,
        reverse,
        dropped,
        infill,
        0,
        0,
        VARIANTS,
        Augmentation.NONE,
        Keywords.AS_WRITTEN);
  }

  private static TransformerTraining stage(double reverse, double dropped, long seed) {
    return new TransformerTraining(
        CONFIG, training(reverse, dropped), data(), seed, Execution.fused(), (step, weights) -> {});
  }

  /** Trains on captions of which the doubled letters are one token, or are two. */
  private static TransformerTraining dropping(double bpeDropout, double reverse) {
    return new TransformerTraining(
        JOINED_CONFIG,
        withDropout(reverse, bpeDropout, 0),
        Objects.requireNonNull(joined),
        6,
        Execution.fused(),
        (step, weights) -> {});
  }

  private static TransformerTrainingConfig withDropout(
      double reverse, double bpeDropout, double dropout) {
    TransformerTrainingConfig plain = training(reverse, 0);
    return new TransformerTrainingConfig(
        plain.batch(),
        plain.accumulation(),
        plain.rate(),
        plain.optimiser(),
        plain.averageDecay(),
        plain.reverseShare(),
        plain.droppedShare(),
        plain.infillShare(),
        bpeDropout,
        dropout,
        plain.variants(),
        plain.augmentation(),
        plain.keywords());
  }

  /** Catches what a task gives to a plan. */
  private static final class Caught {
    final Vocabulary vocabulary;
    final Plan plan;
    final int[][] tokens;
    final int[][] targetPositions;
    final int[][] targets;
    final float[][] weights;

    Caught(TrainingLoop.Task task, long step) {
      this(task, step, VOCABULARY);
    }

    Caught(TrainingLoop.Task task, long step, Vocabulary vocabulary) {
      this.vocabulary = vocabulary;
      int rows = BATCH * CONFIG.sequenceLength();
      ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
      List<GraphTensor> all = new ArrayList<>();
      for (String name :
          new String[] {"tokens", "positions", "targetPositions", "targets", "modality"}) {
        all.add(graph.indices(name, rows));
      }
      all.add(graph.placeholder("weights", rows, 1));
      all.add(graph.indices("orders", BATCH));
      plan = Plan.forward(graph, all.toArray(GraphTensor[]::new));
      try (ParallelPlan only = new ParallelPlan(BATCH, 1, (share, batch) -> plan)) {
        task.prepare(step).set(only, 0, 0);
      }
      tokens = split(plan.output("tokens").toIntVector());
      targetPositions = split(plan.output("targetPositions").toIntVector());
      targets = split(plan.output("targets").toIntVector());
      assertThat(plan.output("orders").toIntVector())
          .containsExactly(Arrays.stream(tokens).mapToInt(row -> row[0]).toArray());
      weights = new float[BATCH][];
      float[] flat = plan.floats("weights");
      for (int i = 0; i < BATCH; i++) {
        int from = i * CONFIG.sequenceLength();
        weights[i] = Arrays.copyOfRange(flat, from, from + CONFIG.sequenceLength());
      }
    }

    private static int[][] split(int[] flat) {
      int[][] rows = new int[BATCH][];
      for (int i = 0; i < BATCH; i++) {
        int from = i * CONFIG.sequenceLength();
        rows[i] = Arrays.copyOfRange(flat, from, from + CONFIG.sequenceLength());
      }
      return rows;
    }

    boolean isReverse(int row) {
      return tokens[row][0] == Vocabulary.REVERSE;
    }

    private int[] part(int row, boolean image) {
      int first = image == isReverse(row) ? 0 : image ? TEXT : IMAGE;
      return Arrays.copyOfRange(targets[row], first, first + (image ? IMAGE : TEXT));
    }

    int picture(int row) {
      return part(row, true)[0] - vocabulary.firstImage();
    }

    int variant(int row) {
      return part(row, true)[1] - vocabulary.firstImage();
    }

    /** The numbers of the caption's letters; none if it was dropped. */
    int[] caption(int row) {
      int[] text = part(row, false);
      int end = 0;
      while (text[end] != vocabulary.endOfText()) {
        end++;
      }
      return Arrays.stream(text, 0, end)
          .map(id -> id - vocabulary.firstText() - FIRST_LETTER)
          .toArray();
    }
  }

  @Test
  void aStepDependsOnSeedAndItsNumberAlone() {
    TransformerTraining stage = stage(0.4, 0.25, 1);
    int[][] fifth = new Caught(stage, 5).targets;
    int[][] sixth = new Caught(stage, 6).targets;
    assertThat(new Caught(stage, 5).targets).isDeepEqualTo(fifth);
    assertThat(new Caught(stage(0.4, 0.25, 1), 5).targets).isDeepEqualTo(fifth);
    assertThat(Arrays.deepEquals(fifth, sixth)).isFalse();
    assertThat(Arrays.deepEquals(new Caught(stage(0.4, 0.25, 2), 5).targets, fifth)).isFalse();
  }

  @Test
  void sharesOfOrdersAndDroppedCaptionsAreAsConfigured() {
    double reverseShare = 0.4;
    double droppedShare = 0.25;
    TransformerTraining stage = stage(reverseShare, droppedShare, 3);
    int captioned = 0;
    int reversed = 0;
    int dropped = 0;
    int doubled = 0;
    int[] variants = new int[VARIANTS];
    Set<Integer> pictures = new HashSet<>();
    for (int step = 0; step < 100; step++) {
      Caught batch = new Caught(stage, step);
      for (int row = 0; row < BATCH; row++) {
        int picture = batch.picture(row);
        int[] caption = batch.caption(row);
        pictures.add(picture);
        variants[batch.variant(row)]++;
        if (picture % WITHOUT_CAPTION == 0) {
          assertThat(batch.isReverse(row)).isFalse();
          assertThat(caption).isEmpty();
          continue;
        }
        assertThat(caption).containsOnly(repeated(picture, caption.length));
        captioned++;
        if (batch.isReverse(row)) {
          reversed++;
          assertThat(caption).as("a caption to predict").isNotEmpty();
        } else if (caption.length == 0) {
          dropped++;
        }
        doubled += caption.length == 2 ? 1 : 0;
      }
    }
    int training = data().pictures().training().length;
    assertThat(new TreeSet<>(pictures))
        .containsExactlyElementsOf(Arrays.stream(data().pictures().training()).boxed().toList());
    assertThat(training).isLessThan(PICTURES);
    assertShare(reversed, captioned, reverseShare);
    assertShare(dropped, captioned - reversed, droppedShare);
    assertShare(doubled, captioned - dropped, 0.5);
    for (int count : variants) {
      assertShare(count, 100 * BATCH, 1.0 / VARIANTS);
    }
  }

  private static int[] repeated(int value, int times) {
    int[] values = new int[times];
    Arrays.fill(values, value);
    return values;
  }

  private static void assertShare(int count, int of, double share) {
    double deviation = Math.sqrt(of * share * (1 - share));
    assertThat((double) count).isCloseTo(of * share, within(4.5 * deviation));
  }

  @Test
  void theExtremesOfTheSharesAreExact() {
    Caught reverse = new Caught(stage(1, 1, 4), 0);
    Caught dropped = new Caught(stage(0, 1, 4), 0);
    Caught plain = new Caught(stage(0, 0, 4), 0);
    for (int row = 0; row < BATCH; row++) {
      boolean captioned = reverse.picture(row) % WITHOUT_CAPTION != 0;
      assertThat(reverse.isReverse(row)).isEqualTo(captioned);
      assertThat(dropped.isReverse(row)).isFalse();
      assertThat(dropped.caption(row)).isEmpty();
      assertThat(plain.caption(row).length > 0)
          .isEqualTo(plain.picture(row) % WITHOUT_CAPTION != 0);
    }
  }

  @Test
  void aShareOfThePicturesComesWithHolesAndAllOfThemCounts() {
    TransformerConfig config = CONFIG.withInfilling(true);
    Vocabulary vocabulary = new Vocabulary(config);
    TransformerTraining stage =
        new TransformerTraining(
            config, training(0.4, 0.25, 0.3), data(), 3, Execution.fused(), (step, weights) -> {});
    int others = 0;
    int infilling = 0;
    int withoutCaption = 0;
    Set<Integer> holes = new HashSet<>();
    for (int step = 0; step < 40; step++) {
      Caught batch = new Caught(stage, step, vocabulary);
      for (int row = 0; row < BATCH; row++) {
        if (batch.isReverse(row)) {
          continue;
        }
        others++;
        if (batch.tokens[row][0] != vocabulary.infilling()) {
          continue;
        }
        infilling++;
        withoutCaption += batch.caption(row).length == 0 ? 1 : 0;
        List<Integer> places = new ArrayList<>();
        for (int t = 0; t < TEXT + IMAGE; t++) {
          assertThat(batch.weights[row][t] != 0).as("place %d counts", t).isEqualTo(t >= TEXT);
          if (t >= TEXT) {
            places.add(batch.targetPositions[row][t]);
          }
        }
        assertThat(places).doesNotHaveDuplicates();
        int known = 1;
        while (known < IMAGE && places.get(known) > places.get(known - 1)) {
          known++;
        }
        assertThat(places.subList(known, IMAGE)).as("the hole, in raster order").isSorted();
        holes.add(IMAGE - known);
      }
    }
    assertShare(infilling, others, 0.3);
    assertThat(withoutCaption).isBetween(1, infilling - 1);
    // One that ends the picture cannot be told from the picture in raster order.
    assertThat(holes).as("sizes of holes").containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    assertThat(stage.evaluate(0).measures())
        .containsOnlyKeys("heldOutImageBits", "heldOutTextBits", "heldOutInfillBits");
  }

  @Test
  void dropoutBreaksCaptionsThatAreReadAndNotThoseToBePredicted() {
    Vocabulary vocabulary = new Vocabulary(JOINED_CONFIG);
    int broken = 0;
    int whole = 0;
    for (int step = 0; step < 20; step++) {
      Caught all = new Caught(dropping(1, 0.5), step, vocabulary);
      Caught none = new Caught(dropping(0, 0.5), step, vocabulary);
      for (int row = 0; row < BATCH; row++) {
        assertThat(all.picture(row)).isEqualTo(none.picture(row));
        assertThat(all.variant(row)).isEqualTo(none.variant(row));
        assertThat(all.isReverse(row)).isEqualTo(none.isReverse(row));
        int[] usual = none.caption(row);
        assertThat(usual.length).isLessThan(2);
        if (all.isReverse(row)) {
          assertThat(all.caption(row)).isEqualTo(usual);
          whole += usual[0] + FIRST_LETTER > 255 ? 1 : 0;
        } else if (usual.length == 1 && usual[0] + FIRST_LETTER > 255) {
          assertThat(all.caption(row)).hasSize(2);
          broken++;
        }
      }
    }
    assertThat(broken).isGreaterThan(100);
    assertThat(whole).isGreaterThan(100);
    assertThat(dropping(1, 0.5).evaluate(0)).isEqualTo(dropping(0, 0.5).evaluate(0));
  }

  @Test
  void dropoutDependsOnSeedAndPlaceAndNeverCutsWhatWouldFit() {
    Bpe bpe = doubles();
    CaptionDropout half = new CaptionDropout(bpe, 0.5, 2);
    int broken = 0;
    for (long place = 0; place < 400; place++) {
      int[] drawn = half.encode("AA", 3, place);
      assertThat(half.encode("AA", 3, place)).isEqualTo(drawn);
      assertThat(bpe.decode(drawn)).isEqualTo("AA");
      broken += drawn.length - 1;
      assertThat(new CaptionDropout(bpe, 1, 1).encode("AA", 3, place)).hasSize(1);
    }
    assertShare(broken, 400, 0.5);
  }

  @Test
  void weightsOfABatchSumToOneAndPadsWeighNothing() {
    Caught batch = new Caught(stage(0, 0, 5), 0);
    double text = 0;
    double image = 0;
    for (int row = 0; row < BATCH; row++) {
      for (int t = 0; t < TEXT + IMAGE; t++) {
        if (t < TEXT) {
          text += batch.weights[row][t];
          boolean pad = batch.targets[row][t] >= VOCABULARY.pad(0);
          assertThat(pad && batch.weights[row][t] != 0).isFalse();
        } else {
          image += batch.weights[row][t];
        }
      }
    }
    assertThat(text).isCloseTo(1 / 8.0, within(1e-5));
    assertThat(image).isCloseTo(7 / 8.0, within(1e-5));
  }

  @Test
  void trainingFindsOutWhatTheCodesAre(@TempDir Path folder) throws IOException {
    List<StepReport> reports = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void step(StepReport report) {
            reports.add(report);
          }
        };
    TransformerTraining stage = stage(0.3, 0.1, 1);
    TrainingLoop loop = stage.loop(1, new byte[0], new Checkpoints(folder, 1), listener);
    assertThat(loop.run(new Budget.Steps(60), () -> false)).isTrue();
    double first = reports.get(0).loss();
    assertThat(first).isCloseTo(7 / 8.0 * Math.log(PICTURES) + Math.log(257) / 8, within(1.0));
    assertThat(reports.get(59).loss()).isLessThan(0.6 * first);
    TrainingLoop.Evaluation evaluation = stage.evaluate(60);
    assertThat(evaluation.measures()).containsOnlyKeys("heldOutImageBits", "heldOutTextBits");
    double bits = Objects.requireNonNull(evaluation.measures().get("heldOutImageBits"));
    assertThat(evaluation.loss()).isEqualTo(bits);
    assertThat(bits).isPositive();
  }

  @Test
  void configurationsOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training(1.1, 0))
        .withMessageContainingAll("reverse share", "1.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training(0, -0.1))
        .withMessageContainingAll("dropped share", "-0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> training(0, 0, 2))
        .withMessageContainingAll("infill share", "2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dropping(1.5, 0))
        .withMessageContainingAll("BPE dropout", "1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withDropout(0, 0, 0.95))
        .withMessageContainingAll("dropout", "0.95");
  }

  /** Losses of the first steps. */
  private static List<Double> losses(double dropout, Path folder) throws IOException {
    TransformerTraining stage =
        new TransformerTraining(
            CONFIG, withDropout(0.3, 0, dropout), data(), 1, Execution.fused(), (s, w) -> {});
    List<Double> losses = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void step(StepReport report) {
            losses.add(report.loss());
          }
        };
    TrainingLoop loop = stage.loop(1, new byte[0], new Checkpoints(folder, 1), listener);
    loop.run(new Budget.Steps(4), () -> false);
    return losses;
  }

  @Test
  void whatWasLearnedBeforeIsWhereALaterTrainingBegins(@TempDir Path folder) throws IOException {
    TensorMap learned;
    try (TrainingLoop first = fresh(stage(0.3, 0.1, 1), folder.resolve("first"))) {
      first.run(new Budget.Steps(4), () -> false);
      learned = first.lastWeights();
    }
    TransformerTraining later = stage(0.3, 0.1, 2);
    later.startFrom(learned);
    try (TrainingLoop second = fresh(later, folder.resolve("second"));
        TrainingLoop random = fresh(stage(0.3, 0.1, 2), folder.resolve("third"))) {
      for (String name : learned.asMap().keySet()) {
        assertThat(numbers(second.lastWeights(), name)).as(name).isEqualTo(numbers(learned, name));
      }
      String table = "token_embedding";
      assertThat(numbers(random.lastWeights(), table)).isNotEqualTo(numbers(learned, table));
    }
  }

  private static float[] numbers(TensorMap weights, String name) {
    return Objects.requireNonNull(weights.asMap().get(name)).data();
  }

  private static TrainingLoop fresh(TransformerTraining stage, Path folder) {
    return stage.loop(1, new byte[32], new Checkpoints(folder, 1), new TrainingListener() {});
  }

  @Test
  void dropoutIsDrawnAnewAndAlikeForTheSameSeed(@TempDir Path folder) throws IOException {
    List<Double> with = losses(0.5, folder.resolve("a"));
    assertThat(with).hasSize(4).isEqualTo(losses(0.5, folder.resolve("b")));
    assertThat(with).doesNotContainAnyElementsOf(losses(0, folder.resolve("c")));
  }
}
