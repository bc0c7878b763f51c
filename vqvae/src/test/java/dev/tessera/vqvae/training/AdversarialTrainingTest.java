package dev.tessera.vqvae.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Budget;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.engine.train.StepReport;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PatchDiscriminator;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.Quantiser;
import dev.tessera.vqvae.quantiser.VectorQuantiser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdversarialTrainingTest {
  private static final int SIDE = 16;
  private static final int BATCH = 4;
  private static final long STEPS = 24;
  private static final Quantiser SCALARS = new FiniteScalar(List.of(5, 5, 5));
  private static final Quantiser MOVING =
      new VectorQuantiser(
          16, 4, 0.9, 0.25, 3, 0.03, false, VectorQuantiser.Gradient.STRAIGHT_THROUGH);

  @TempDir Path folder;
  private PreparedPictures pictures;

  @BeforeEach
  void prepare() throws IOException {
    for (int i = 0; i < 24; i++) {
      Rgb picture = Rgb.solid(SIDE, SIDE, 0xFFFFFF);
      for (int at = 0; at < picture.pixels().length; at++) {
        int x = at / 3 % SIDE;
        int y = at / 3 / SIDE;
        boolean inside = (x - 3 - i % 8) * (x - 3 - i % 8) + (y - 8) * (y - 8) < 12 + i;
        picture.pixels()[at] = (byte) (inside ? i * 10 + at % 3 * 5 : 240);
      }
      Png.write(folder.resolve("pictures/" + i + ".png"), picture);
    }
    pictures =
        PreparedPictures.prepare(
            PictureSource.parse(folder.resolve("pictures").toString()),
            PictureConfig.square(SIDE),
            folder.resolve("cache"),
            new PrepareOptions(0, 0.3, 0),
            PrepareListener.NONE);
  }

  private static Adversary.Patches patches(double start, double weight, double maximumDrop) {
    return patches(start, weight, maximumDrop, 0.5);
  }

  private static Adversary.Patches patches(
      double start, double weight, double maximumDrop, double details) {
    PatchDiscriminator.Shape shape = new PatchDiscriminator.Shape(8, 2);
    return new Adversary.Patches(
        start, 0.1, weight, 3, 1, details, details, maximumDrop, 2e-3, shape);
  }

  private static VqvaeConfig model(Quantiser quantiser) {
    return new VqvaeConfig(PictureConfig.square(SIDE), 4, 8, 8, 0, quantiser);
  }

  /** One that is trained, and one that keeps averages beside its codebook. */
  static Stream<Quantiser> quantisers() {
    return Stream.of(SCALARS, MOVING);
  }

  /** A run of its own, with what it reported. */
  private final class Run implements TrainingListener, AutoCloseable {
    final List<StepReport> reports = new ArrayList<>();
    final List<Map<String, Double>> evaluations = new ArrayList<>();
    final TrainingLoop loop;

    Run(String name, Adversary adversary, int accumulation) {
      this(name, SCALARS, adversary, accumulation);
    }

    Run(String name, Quantiser quantiser, Adversary adversary, int accumulation) {
      VqvaeTrainingConfig training =
          new VqvaeTrainingConfig(
              BATCH,
              accumulation,
              new LearningRate(3e-3, 2, 0.5, LearningRate.Decay.LINEAR, 0),
              new Optimiser.Options(0.9, 0.99, 0, 1, 0.9),
              0.9,
              Augmentation.NONE,
              adversary);
      loop =
          new VqvaeTraining(
                  model(quantiser),
                  training,
                  pictures,
                  5,
                  Execution.best(),
                  (step, before, after) -> {})
              .loop(6, new byte[] {1}, new Checkpoints(folder.resolve(name), 2), this);
    }

    boolean run(long stopAt) throws IOException {
      loop.resume();
      return loop.run(new Budget.Steps(STEPS), () -> loop.steps() == stopAt);
    }

    @Override
    public void step(StepReport report) {
      reports.add(report);
    }

    @Override
    public void evaluated(StepReport report, Map<String, Double> measures) {
      evaluations.add(measures);
    }

    double discriminatorLoss(int step) {
      return reports.get(step).measures().getOrDefault("discriminatorLoss", Double.NaN);
    }

    List<Double> losses() {
      return reports.stream().map(StepReport::loss).toList();
    }

    @Override
    public void close() {
      loop.close();
    }
  }

  @Test
  void beforeTheStartNothingButDetailsDiffersFromATrainingWithoutAdversary() throws IOException {
    try (Run with = new Run("with", patches(0.5, 1, 20, 0), 1);
        Run detailed = new Run("detailed", patches(0.5, 1, 20, 0.5), 1);
        Run without = new Run("without", new Adversary.None(), 1)) {
      with.run(-1);
      without.run(-1);
      detailed.run(1);
      assertThat(detailed.losses().get(0)).isGreaterThan(1.01 * without.losses().get(0));
      int start = (int) STEPS / 2;
      assertThat(with.losses().subList(0, start)).isEqualTo(without.losses().subList(0, start));
      assertThat(with.losses().get(start + 1)).isNotEqualTo(without.losses().get(start + 1));
      assertThat(with.reports.get(start - 1).measures()).doesNotContainKey("discriminatorLoss");
      assertThat(with.reports.get(start).measures())
          .hasEntrySatisfying("discriminatorLoss", loss -> assertThat(loss).isBetween(0.1, 10.0))
          .hasEntrySatisfying("adversarialFactor", factor -> assertThat(factor).isPositive());
    }
  }

  @Test
  void theDiscriminatorLearnsToTellThemApart() throws IOException {
    try (Run run = new Run("run", patches(0, 0, 20), 1)) {
      run.run(-1);
      double first = run.discriminatorLoss(0);
      double last = run.discriminatorLoss((int) STEPS - 1);
      assertThat(last).isLessThan(first - 0.1);
    }
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void aResumedRunEqualsAnUninterruptedOneBitForBit(Quantiser quantiser) throws IOException {
    Adversary adversary = patches(0.3, 1, 20);
    try (Run whole = new Run("whole", quantiser, adversary, 1)) {
      whole.run(-1);
      List<Double> losses = new ArrayList<>();
      for (long stop : new long[] {5, 11, 18, -1}) {
        try (Run part = new Run("parts", quantiser, adversary, 1)) {
          part.run(stop);
          losses.addAll(part.losses());
          if (stop < 0) {
            assertThat(part.loop.lastWeights().asMap()).isEqualTo(whole.loop.lastWeights().asMap());
          }
        }
      }
      assertThat(losses).isEqualTo(whole.losses());
      assertThat(state("parts")).containsKey("discriminator").isEqualTo(state("whole"));
    }
  }

  /** All tensors of the newest checkpoint by file and name. */
  private Map<String, Map<String, Tensor>> state(String name) throws IOException {
    Map<String, Map<String, Tensor>> state = new LinkedHashMap<>();
    checkpoint(name).tensors().forEach((file, tensors) -> state.put(file, tensors.asMap()));
    return state;
  }

  private Checkpoints.Checkpoint checkpoint(String name) throws IOException {
    return new Checkpoints(folder.resolve(name), 2).latest(new byte[] {1}).orElseThrow();
  }

  @Test
  void aStepInPartsIsTheStepAsAWhole() throws IOException {
    try (Run whole = new Run("whole", patches(0, 0.5, 20), 1);
        Run halves = new Run("halves", patches(0, 0.5, 20), 2)) {
      whole.run(1);
      halves.run(1);
      double expected = whole.discriminatorLoss(0);
      assertThat(halves.discriminatorLoss(0)).isCloseTo(expected, within(0.02 * expected));
      TensorMap one = checkpoint("whole").tensors("discriminator");
      TensorMap two = checkpoint("halves").tensors("discriminator");
      float[] a = one.get("discriminator/down4/weight").data();
      assertThat(two.get("discriminator/down4/weight").data()).containsExactly(a, within(4.1e-3f));
    }
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void whenReconstructionWorsensTheWeightIsHalvedAndTrainingGoesBack(Quantiser quantiser)
      throws IOException {
    Map<String, Tensor> trained;
    try (Run run = new Run("run", quantiser, patches(0, 1, 1), 1)) {
      run.run(8);
      trained = run.loop.lastWeights().asMap();
    }
    claimBestPsnr(99);
    Map<String, Map<String, Tensor>> before = state("run");
    try (Run run = new Run("run", quantiser, patches(0, 1, 1), 1)) {
      run.run(-1);
      assertThat(run.evaluations)
          .extracting(measures -> measures.get("wentBack"))
          .containsExactly(0.5, 0.25, 0.125, 0.0625);
      assertThat(run.loop.lastWeights().asMap()).isEqualTo(trained);
      assertThat(run.losses()).hasSize(16).doesNotHaveDuplicates();
      Map<String, Map<String, Tensor>> after = state("run");
      assertThat(after.remove("adversary")).isNotEqualTo(before.remove("adversary"));
      assertThat(after).isEqualTo(before);
    }
  }

  /** Makes the checkpoint say that reconstruction has been better than it will ever be. */
  private void claimBestPsnr(float psnr) throws IOException {
    Checkpoints.Checkpoint checkpoint = checkpoint("run");
    Map<String, TensorMap> tensors = new LinkedHashMap<>(checkpoint.tensors());
    float[] balance = checkpoint.tensors("adversary").get("balance").data().clone();
    balance[2] = psnr;
    TensorMap adversary = new TensorMap();
    adversary.put("balance", new Tensor(new long[] {balance.length}, balance));
    tensors.put("adversary", adversary);
    new Checkpoints(folder.resolve("run"), 2).save(checkpoint.state(), tensors);
  }
}
