package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

class TrainingLoopTest {
  private static final int BATCH = 4;
  private static final int INPUTS = 3;

  @TempDir Path folder;

  /** Learns a linear function through a hidden layer; all objects are new. */
  private static final class Toy implements TrainingLoop.Task, TrainingListener {
    final ParameterStore store = new ParameterStore(7, DataType.FLOAT);
    final List<StepReport> reports = new ArrayList<>();
    final List<Long> saved = new ArrayList<>();
    final List<TensorMap> evaluated = new ArrayList<>();
    final TrainingLoop loop;
    DoubleSupplier heldOut = () -> Double.NaN;
    long poisoned = -1;
    final List<Double> progresses = new ArrayList<>();
    final List<Double> observed = new ArrayList<>();
    final IllegalStateException unprepared = new IllegalStateException("no batch");
    long unpreparable = -1;
    boolean closed;
    float remembered;
    final int parts;
    long useless = -1;
    BooleanSupplier harmed = () -> false;
    final List<TensorMap> rolledBackTo = new ArrayList<>();

    Toy(Path folder, int evaluations, byte... digest) {
      this(1, folder, evaluations, digest);
    }

    Toy(int accumulation, Path folder, int evaluations, byte... digest) {
      parts = accumulation;
      ParallelPlan plan =
          new ParallelPlan(BATCH / accumulation, 2, (share, part) -> compile(share));
      TrainingLoop.Options options =
          new TrainingLoop.Options(
              7,
              new LearningRate(0.05, 3, 0.5, LearningRate.Decay.COSINE, 0.01),
              new Optimiser.Options(0.9, 0.99, 0.01, 1, 0.8),
              Execution.plain(),
              0.95,
              accumulation,
              evaluations,
              digest);
      loop = new TrainingLoop(this, plan, store, options, new Checkpoints(folder, 2), this);
    }

    private Plan compile(int share) {
      ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
      Ops ops = graph.ops();
      GraphTensor x = graph.placeholder("x", share, INPUTS);
      GraphTensor hidden =
          ops.gelu(
              ops.linear(
                  x,
                  graph.parameter("first/weight", Initialiser.normal(0.5), INPUTS, 8),
                  graph.parameter("first/bias", Initialiser.zeros(), 8)));
      GraphTensor y =
          ops.linear(
              hidden,
              graph.parameter("second/weight", Initialiser.normal(0.5), 8, 1),
              graph.parameter("second/bias", Initialiser.zeros(), 1));
      GraphTensor offset = graph.state("offset", Initialiser.zeros(), 1);
      GraphTensor error = ops.subtract(ops.addRow(y, offset), graph.placeholder("y", share, 1));
      GraphTensor loss = ops.affine(ops.sum(ops.multiply(error, error)), 1.0 / BATCH, 0);
      return Plan.training(graph, loss.named("loss"), graph.parameters());
    }

    @Override
    public String stage() {
      return "toy";
    }

    @Override
    public boolean byMuon(String parameter) {
      return parameter.equals("first/weight");
    }

    @Override
    public TrainingLoop.Prepared prepare(long step) {
      if (step == unpreparable) {
        throw unprepared;
      }
      CounterRandom random = new CounterRandom(7, "toy", step);
      float[] x = new float[BATCH * INPUTS];
      float[] y = new float[BATCH];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
        y[i / INPUTS] += x[i] * (i % INPUTS + 1);
      }
      if (step == poisoned) {
        y[0] = Float.NaN;
      }
      return (plan, part, progress) -> {
        progresses.add(progress);
        plan.set("x", x, part * plan.length("x"));
        plan.set("y", y, part * plan.length("y"));
      };
    }

    @Override
    public void observe(ParallelPlan plan) {
      observed.add(plan.scalar("loss"));
    }

    /** Follows the loss, a little late, so that it takes both of what it remembers to go on. */
    @Override
    public void update(long step, double progress) {
      store.write("offset", new float[] {remembered});
      double loss = 0;
      for (int part = observed.size() - parts; part < observed.size(); part++) {
        loss += observed.get(part);
      }
      remembered = (float) (0.01 * loss);
    }

    @Override
    public Optional<String> reasonToStop(long step) {
      return step == useless ? Optional.of("no use") : Optional.empty();
    }

    @Override
    public Map<String, Double> measure(long step) {
      return Map.of("observed", (double) observed.size());
    }

    @Override
    public TrainingLoop.Evaluation evaluate(long step) {
      evaluated.add(store.toTensors());
      return new TrainingLoop.Evaluation(
          Map.of("held out", 1.0), heldOut.getAsDouble(), harmed.getAsBoolean());
    }

    @Override
    public Map<String, TensorMap> state() {
      TensorMap first = new TensorMap();
      first.put("remembered", new Tensor(new long[] {1}, new float[] {remembered}));
      TensorMap second = new TensorMap();
      second.put("evaluations", new Tensor(new long[] {1}, new float[] {evaluated.size()}));
      return Map.of("memory", first, "toy", second);
    }

    @Override
    public void restore(Checkpoints.Checkpoint checkpoint) {
      remembered = checkpoint.tensors("memory").get("remembered", 1).data()[0];
    }

    @Override
    public void rollBack(Checkpoints.Checkpoint checkpoint) {
      restore(checkpoint);
      rolledBackTo.add(checkpoint.tensors("toy"));
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public void step(StepReport report) {
      reports.add(report);
    }

    @Override
    public void saved(StepReport report) {
      saved.add(report.step());
    }

    /** The losses of the steps so far. */
    List<Double> losses() {
      return reports.stream().map(StepReport::loss).toList();
    }

    boolean run(long steps, long stopAt) throws IOException {
      return loop.run(new Budget.Steps(steps), () -> loop.steps() == stopAt);
    }
  }

  @Test
  void learns() throws IOException {
    Toy toy = new Toy(folder, 1);
    assertThat(toy.run(200, -1)).isTrue();
    double first = toy.reports.subList(0, 20).stream().mapToDouble(StepReport::loss).sum();
    double last = toy.reports.subList(180, 200).stream().mapToDouble(StepReport::loss).sum();
    assertThat(last).isLessThan(first / 20);
  }

  @Test
  void aResumedRunEqualsAnUninterruptedOneBitForBit() throws IOException {
    Toy whole = new Toy(folder.resolve("whole"), 4);
    assertThat(whole.run(20, -1)).isTrue();

    List<Double> losses = new ArrayList<>();
    for (long stop : new long[] {7, 10, 18, -1}) {
      Toy part = new Toy(folder.resolve("parts"), 4);
      part.loop.resume();
      assertThat(part.run(20, stop)).isEqualTo(stop < 0);
      part.reports.forEach(report -> losses.add(report.loss()));
      if (stop < 0) {
        assertThat(part.store.toTensors().asMap()).isEqualTo(whole.store.toTensors().asMap());
        assertThat(part.loop.lastWeights().asMap()).isEqualTo(whole.loop.lastWeights().asMap());
        assertThat(part.loop.steps()).isEqualTo(20);
      }
    }
    assertThat(losses).isEqualTo(whole.losses());
  }

  @Test
  void whatTheTaskLeavesToMuonHasNoMeanOfSquares() throws IOException {
    new Toy(folder, 1).run(3, -1);
    TensorMap moments =
        new Checkpoints(folder, 2).latest(new byte[0]).orElseThrow().tensors("optimiser");
    assertThat(moments.names())
        .contains("mean/first/weight", "mean/second/weight", "square/second/weight")
        .doesNotContain("square/first/weight");
  }

  @Test
  void reportsWhatEachStepDid() throws IOException {
    Toy toy = new Toy(folder, 2);
    toy.run(10, -1);
    assertThat(toy.reports.stream().map(StepReport::step))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    StepReport last = toy.reports.get(9);
    assertThat(last.stage()).isEqualTo("toy");
    assertThat(last.progress()).isEqualTo(1);
    assertThat(last.plannedSteps()).isEqualTo(10);
    assertThat(last.gradientNorm()).isPositive();
    assertThat(last.seconds()).isGreaterThan(toy.reports.get(0).seconds());
    assertThat(toy.reports.get(0).learningRate()).isEqualTo(0.05 / 4);
    assertThat(toy.saved).containsExactly(5L, 10L);
  }

  @Test
  void stoppingSavesAtOnce() throws IOException {
    Toy toy = new Toy(folder, 1);
    assertThat(toy.run(20, 3)).isFalse();
    Toy next = new Toy(folder, 1);
    assertThat(next.loop.resume()).isEqualTo(3);
    assertThat(next.store.toTensors().asMap()).isEqualTo(toy.store.toTensors().asMap());
  }

  @Test
  void aLossThatIsNoNumberEndsTheRunWithASentence() {
    Toy toy = new Toy(folder, 1);
    toy.poisoned = 2;
    assertThatExceptionOfType(TrainingDivergedException.class)
        .isThrownBy(() -> toy.run(20, -1))
        .withMessageContainingAll("toy diverged", "NaN", "step 2", "lower learning rate");
    assertThat(toy.loop.steps()).isEqualTo(2);
    assertThat(toy.store.toTensors().get("second/bias").data()[0]).isFinite();
  }

  @Test
  void aStateIsNeitherTrainedNorAveragedButUpdatedByTheTask() throws IOException {
    Toy toy = new Toy(folder, 1);
    toy.run(20, -1);
    float offset = (float) (0.01 * toy.losses().get(18));
    assertThat(toy.store.toTensors().get("offset").data()).containsExactly(offset);
    assertThat(toy.loop.lastWeights().get("offset").data()).containsExactly(offset);
    assertThat(toy.evaluated.get(0).get("offset").data()).containsExactly(offset);
    assertThat(offset).isPositive();
  }

  @Test
  void aRunOfNoUseEndsWithTheReasonAndACheckpoint() throws IOException {
    Toy toy = new Toy(folder, 1);
    toy.useless = 7;
    assertThatExceptionOfType(TrainingStoppedException.class)
        .isThrownBy(() -> toy.run(20, -1))
        .withMessage("no use");
    assertThat(new Toy(folder, 1).loop.resume()).isEqualTo(7);
  }

  @Test
  void theAveragedWeightsThatDidBestOnHeldOutDataAreKeptOverASave() throws IOException {
    double[] losses = {3, 1, 2, 4};
    Toy toy = new Toy(folder, 4);
    toy.heldOut = () -> losses[toy.evaluated.size() - 1];
    toy.run(20, 12);
    Toy next = new Toy(folder, 4);
    next.heldOut = () -> losses[2 + next.evaluated.size() - 1];
    next.loop.resume();
    next.run(20, -1);
    assertThat(toy.evaluated).hasSize(2);
    assertThat(next.evaluated).hasSize(2);
    assertThat(next.loop.bestWeights().asMap()).isEqualTo(toy.evaluated.get(1).asMap());
    assertThat(next.loop.bestWeights().asMap()).isNotEqualTo(next.loop.lastWeights().asMap());
    assertThat(next.evaluated.get(1).asMap()).isEqualTo(next.loop.lastWeights().asMap());
  }

  @Test
  void afterHarmTrainingGoesOnFromTheCheckpointBefore() throws IOException {
    Toy toy = new Toy(folder, 4);
    toy.harmed = () -> toy.evaluated.size() == 3;
    List<Map<String, Tensor>> saved = new ArrayList<>();
    for (long stop : new long[] {5, 10, 15}) {
      toy.run(20, stop);
      saved.add(toy.store.toTensors().asMap());
    }
    assertThat(saved.get(1)).isNotEqualTo(saved.get(0));
    assertThat(saved.get(2)).isEqualTo(saved.get(1));
    assertThat(toy.rolledBackTo).hasSize(1);
    assertThat(toy.rolledBackTo.get(0).get("evaluations").data()).containsExactly(2);
    assertThat(toy.run(20, -1)).isTrue();
    assertThat(toy.store.toTensors().asMap()).isNotEqualTo(saved.get(1));
    assertThat(toy.loop.steps()).isEqualTo(20);
  }

  @Test
  void harmBeforeTheFirstCheckpointLeavesNothingToGoBackTo() throws IOException {
    Toy toy = new Toy(folder, 4);
    toy.harmed = () -> toy.evaluated.size() == 1;
    assertThat(toy.run(20, -1)).isTrue();
    assertThat(toy.rolledBackTo).isEmpty();
  }

  @Test
  void withoutHeldOutDataTheLastWeightsAreTheBest() throws IOException {
    Toy toy = new Toy(folder, 4);
    toy.run(8, -1);
    assertThat(toy.loop.bestWeights().asMap()).isEqualTo(toy.loop.lastWeights().asMap());
  }

  @Test
  void aTimeThatMeasuringUsesUpIsNotMeasuredTwice() throws IOException {
    Toy toy = new Toy(folder, 2);
    toy.heldOut =
        () -> {
          LockSupport.parkNanos((long) 1e9);
          return 1;
        };
    assertThat(toy.loop.run(new Budget.Time(0.5), () -> false)).isTrue();
    assertThat(toy.evaluated).hasSize(1);
    assertThat(toy.saved).containsExactly(toy.loop.steps());
  }

  @Test
  void aSpentBudgetHasNothingLeftToDo() throws IOException {
    new Toy(folder, 1).run(5, -1);
    Toy next = new Toy(folder, 1);
    next.loop.resume();
    assertThat(next.run(5, -1)).isTrue();
    assertThat(next.reports).isEmpty();
  }

  @Test
  void aBatchThatCannotBePreparedEndsTheRunWhenItsTurnComes() {
    Toy toy = new Toy(folder, 1);
    toy.unpreparable = 3;
    assertThatThrownBy(() -> toy.run(20, -1)).isSameAs(toy.unprepared);
    assertThat(toy.loop.steps()).isEqualTo(3);
    assertThat(toy.reports).hasSize(3);
  }

  @Test
  void aBatchBeyondTheEndIsNobodysTrouble() throws IOException {
    Toy toy = new Toy(folder, 1);
    toy.unpreparable = 5;
    assertThat(toy.run(5, -1)).isTrue();
  }

  @Test
  void aStepInPartsIsTheStepAsAWhole() throws IOException {
    Toy whole = new Toy(1, folder.resolve("whole"), 1);
    Toy halves = new Toy(2, folder.resolve("halves"), 1);
    Toy quarters = new Toy(4, folder.resolve("quarters"), 1);
    for (Toy toy : List.of(whole, halves, quarters)) {
      toy.run(30, -1);
    }
    assertThat(halves.progresses).hasSize(60).startsWith(0.0, 0.0, 1 / 30.0, 1 / 30.0);
    assertThat(halves.observed.get(2) + halves.observed.get(3)).isEqualTo(halves.losses().get(1));
    assertThat(quarters.observed).hasSize(120);
    assertThat(quarters.reports.get(29).measures()).containsEntry("observed", 120.0);
    for (Toy toy : List.of(halves, quarters)) {
      for (int step = 0; step < 30; step++) {
        double loss = whole.losses().get(step);
        assertThat(toy.losses().get(step)).isCloseTo(loss, within(1e-4 * loss));
      }
      whole
          .store
          .toTensors()
          .asMap()
          .forEach(
              (name, tensor) ->
                  assertThat(toy.store.toTensors().get(name).data())
                      .containsExactly(tensor.data(), within(2e-5f)));
    }
  }

  @Test
  void closingEndsThePlanAndTheTask() {
    Toy toy = new Toy(folder, 1);
    toy.loop.close();
    assertThat(toy.closed).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> toy.run(5, -1));
  }

  @Test
  void anotherRunsCheckpointIsNotResumed() throws IOException {
    new Toy(folder, 1).run(5, -1);
    assertThatIOException().isThrownBy(() -> new Toy(folder, 1, (byte) 1).loop.resume());
  }
}
