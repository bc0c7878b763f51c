package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.WorkerThreads;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class OptimiserTest {
  private static final int STEPS = 20;
  private static final double AVERAGE_DECAY = 0.9;
  private static final Optimiser.Options OPTIONS = new Optimiser.Options(0.9, 0.95, 0.1, 2);

  /** A few chunks and some more; less than a chunk; a single number. */
  private static final Map<String, long[]> SHAPES = new LinkedHashMap<>();

  static {
    SHAPES.put("matrix", new long[] {77, 101});
    SHAPES.put("vector", new long[] {1234});
    SHAPES.put("number", new long[] {1});
    SHAPES.put("kernel", new long[] {3, 3, 16, 128});
  }

  /** What goes by Muon where the options say so: the matrix is wide, the kernel tall. */
  private static final Set<String> BY_MUON = Set.of("matrix", "kernel");

  private static final Optimiser.Options WITH_MUON = new Optimiser.Options(0.9, 0.95, 0.1, 2, 0.8);

  private static Stream<Optimiser.Options> withAndWithoutMuon() {
    return Stream.of(OPTIONS, WITH_MUON);
  }

  private final List<WorkerThreads> threads = new ArrayList<>();

  @AfterEach
  void close() {
    threads.forEach(WorkerThreads::close);
  }

  /** An optimiser over gradients that the test writes itself. */
  private final class Subject {
    final ParameterStore store = new ParameterStore(5, DataType.FLOAT);
    final List<FlatMemory> gradients = new ArrayList<>();
    final ExponentialMovingAverage average;
    final Optimiser optimiser;

    Subject(Optimiser.Options options, int replicas, int threadCount) {
      this(options, replicas, threadCount, Execution.best());
    }

    Subject(Optimiser.Options options, int replicas, int threadCount, Execution execution) {
      ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
      SHAPES.forEach((name, shape) -> graph.parameter(name, Initialiser.normal(1), shape));
      for (int i = 0; i < replicas; i++) {
        gradients.add(new FlatMemory(DataType.FLOAT, 0));
        gradients.get(i).reserve(store.memory().extent());
      }
      average = new ExponentialMovingAverage(AVERAGE_DECAY, store);
      WorkerThreads workers = new WorkerThreads(threadCount, "test");
      threads.add(workers);
      optimiser =
          new Optimiser(
              options,
              store,
              gradients,
              workers,
              store.names(),
              BY_MUON::contains,
              execution,
              average);
    }

    /** Gives each replica random gradients; returns their sum. */
    TensorMap randomGradients(long seed, double spread) {
      Random random = new Random(seed);
      TensorMap sum = new TensorMap();
      for (String name : store.names()) {
        float[] total = new float[(int) store.array(name).length()];
        for (FlatMemory replica : gradients) {
          float[] part = GraphInputs.gaussians(random, total.length, spread);
          replica.write(store.offset(name), part, 0, part.length);
          for (int i = 0; i < part.length; i++) {
            total[i] += part[i];
          }
        }
        sum.put(name, new Tensor(store.array(name).shape(), total));
      }
      return sum;
    }

    /** Everything that the optimiser has made. */
    List<TensorMap> state() {
      return List.of(store.toTensors(), optimiser.toTensors(), average.toTensors());
    }
  }

  /** One parameter under algorithm 2 of the paper, in doubles. */
  private static final class Naive {
    final double[] weights;
    final double[] means;
    final double[] squares;
    final double decay;

    Naive(float[] weights, double decay) {
      this.weights = new double[weights.length];
      for (int i = 0; i < weights.length; i++) {
        this.weights[i] = weights[i];
      }
      this.means = new double[weights.length];
      this.squares = new double[weights.length];
      this.decay = decay;
    }

    void step(Optimiser.Options options, float[] gradient, double scale, int step, double rate) {
      double correction =
          Math.sqrt(1 - Math.pow(options.beta2(), step + 1))
              / (1 - Math.pow(options.beta1(), step + 1));
      for (int i = 0; i < weights.length; i++) {
        double g = gradient[i] * scale;
        means[i] = options.beta1() * means[i] + (1 - options.beta1()) * g;
        squares[i] = options.beta2() * squares[i] + (1 - options.beta2()) * g * g;
        double change = correction * means[i] / (Math.sqrt(squares[i]) + 1e-8);
        weights[i] -= rate * (change + decay * weights[i]);
      }
    }
  }

  private static double norm(TensorMap gradients) {
    double sum = 0;
    for (Tensor gradient : gradients.asMap().values()) {
      for (float g : gradient.data()) {
        sum += (double) g * g;
      }
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @CsvSource({
    "0.9, 0.999, 0, 1e9, 1",
    "0.9, 0.95, 0.1, 1e9, 2",
    "0.8, 0.99, 0.3, 50, 3",
    "0, 0, 0.1, 90, 2"
  })
  void followsTheAlgorithmForTwentySteps(
      double beta1, double beta2, double weightDecay, double clipNorm, int replicas) {
    Optimiser.Options options = new Optimiser.Options(beta1, beta2, weightDecay, clipNorm);
    Subject subject = new Subject(options, replicas, 2);
    Map<String, Naive> naive = new LinkedHashMap<>();
    subject
        .store
        .toTensors()
        .asMap()
        .forEach(
            (name, tensor) -> {
              double decay = tensor.shape().length >= 2 ? weightDecay : 0;
              naive.put(name, new Naive(tensor.data(), decay));
            });
    for (int step = 0; step < STEPS; step++) {
      double rate = 0.01 * (1 + step % 3);
      // Some norms are above the limit and some below.
      TensorMap gradients = subject.randomGradients(step, step % 2 == 0 ? 1 : 0.1);
      double norm = norm(gradients);
      assertThat(subject.optimiser.step(step, rate)).isCloseTo(norm, within(1e-6 * norm));
      for (Map.Entry<String, Naive> entry : naive.entrySet()) {
        float[] gradient = gradients.get(entry.getKey()).data();
        entry.getValue().step(options, gradient, Math.min(1, clipNorm / norm), step, rate);
      }
    }
    naive.forEach(
        (name, expected) -> {
          float[] weights = subject.store.toTensors().get(name).data();
          for (int i = 0; i < weights.length; i++) {
            double right = expected.weights[i];
            assertThat((double) weights[i]).as("%s %d", name, i).isCloseTo(right, within(2e-5));
          }
        });
  }

  @Test
  void agreesWithOneOperationAfterAnother() {
    Subject subject = new Subject(OPTIONS, 2, 2);
    Map<String, INDArray> copies = new LinkedHashMap<>();
    for (String name : subject.store.names()) {
      copies.put(name, subject.store.array(name).dup('c'));
    }
    PlainAdamW plain = new PlainAdamW(OPTIONS, AVERAGE_DECAY, copies);
    for (int step = 0; step < STEPS; step++) {
      double rate = 0.01 * (1 + step % 3);
      TensorMap sum = subject.randomGradients(step, step % 2 == 0 ? 1 : 0.001);
      Map<String, INDArray> gradients = new LinkedHashMap<>();
      for (String name : subject.store.names()) {
        INDArray gradient = subject.store.array(name).dup('c');
        HostCopy.write(sum.get(name).data(), gradient);
        gradients.put(name, gradient);
      }
      double norm = plain.step(step, rate, gradients);
      assertThat(subject.optimiser.step(step, rate)).isCloseTo(norm, within(1e-5 * norm));
    }
    TensorMap moments = subject.optimiser.toTensors();
    for (String name : subject.store.names()) {
      assertClose(name, subject.store.toTensors().get(name), plain.parameters);
      assertClose(name, subject.average.toTensors().get(name), plain.averages);
      assertClose(name, moments.get("mean/" + name), plain.means);
      assertClose(name, moments.get("square/" + name), plain.squareMeans);
    }
  }

  private static void assertClose(String name, Tensor actual, Map<String, INDArray> expected) {
    float[] right = HostCopy.floats(Objects.requireNonNull(expected.get(name), name));
    float largest = 0;
    for (float value : right) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(actual.data()).as(name).containsExactly(right, within(2e-6f * largest));
  }

  @ParameterizedTest
  @MethodSource("withAndWithoutMuon")
  void bitsDoNotDependOnTheNumberOfThreads(Optimiser.Options options) {
    List<TensorMap> expected = List.of();
    List<Double> norms = List.of();
    for (int count : new int[] {1, 2, 3, 7}) {
      Subject subject = new Subject(options, 2, count);
      List<Double> found = new ArrayList<>();
      for (int step = 0; step < 5; step++) {
        subject.randomGradients(step, 1);
        found.add(subject.optimiser.step(step, 0.01));
      }
      if (expected.isEmpty()) {
        expected = subject.state();
        norms = found;
      }
      assertThat(found).isEqualTo(norms);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(subject.state().get(i).asMap()).isEqualTo(expected.get(i).asMap());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("withAndWithoutMuon")
  void whatIsAccumulatedIsPartOfTheNextStepAndOfNoOther(Optimiser.Options options) {
    // In single precision: others round what differs in its last bits to numbers further apart.
    Subject whole = new Subject(options, 4, 2, Execution.plain());
    Subject parts = new Subject(options, 2, 2, Execution.plain());
    for (int step = 0; step < 3; step++) {
      TensorMap first = parts.randomGradients(2L * step, 1);
      copy(parts, whole, 0);
      parts.optimiser.accumulate();
      TensorMap second = parts.randomGradients(2L * step + 1, 1);
      copy(parts, whole, 2);
      double norm = parts.optimiser.step(step, 0.01);
      assertThat(whole.optimiser.step(step, 0.01)).isCloseTo(norm, within(1e-6 * norm));
      assertThat(norm).isGreaterThan(norm(first)).isGreaterThan(norm(second));
    }
    for (int i = 0; i < 3; i++) {
      TensorMap expected = whole.state().get(i);
      parts
          .state()
          .get(i)
          .asMap()
          .forEach(
              (name, tensor) ->
                  assertThat(tensor.data())
                      .as(name)
                      .containsExactly(expected.get(name).data(), within(1e-5f)));
    }
  }

  /** Gives one subject the gradients of another, to its replicas from the given one on. */
  private static void copy(Subject from, Subject to, int replica) {
    float[] all = new float[(int) from.store.memory().extent()];
    for (int i = 0; i < from.gradients.size(); i++) {
      from.gradients.get(i).read(0, all, 0, all.length);
      to.gradients.get(replica + i).write(0, all, 0, all.length);
    }
  }

  @Test
  void withoutMuonTwoMomentsOfEachParameterAreKept() {
    Subject subject = new Subject(OPTIONS, 1, 2);
    assertThat(subject.optimiser.toTensors().names())
        .startsWith("mean/matrix", "square/matrix", "mean/vector", "square/vector");
  }

  @Test
  void ofWhatMuonUpdatesOnlyTheMeanOfGradientsIsKept() {
    Subject subject = new Subject(WITH_MUON, 1, 2);
    assertThat(subject.optimiser.toTensors().names())
        .containsExactlyInAnyOrder(
            "mean/matrix",
            "mean/vector",
            "square/vector",
            "mean/number",
            "square/number",
            "mean/kernel");
  }

  @ParameterizedTest
  @MethodSource("withAndWithoutMuon")
  void momentsContinueInAnotherOptimiser(Optimiser.Options options) {
    Subject first = new Subject(options, 2, 2);
    for (int step = 0; step < 3; step++) {
      first.randomGradients(step, 1);
      first.optimiser.step(step, 0.01);
    }
    TensorMap moments = first.optimiser.toTensors();
    Subject second = new Subject(options, 2, 2);
    second.store.load(first.store.toTensors());
    second.average.load(first.average.toTensors());
    second.optimiser.load(moments);
    for (Subject subject : List.of(first, second)) {
      subject.randomGradients(9, 1);
      subject.optimiser.step(3, 0.01);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(second.state().get(i).asMap()).isEqualTo(first.state().get(i).asMap());
    }
  }

  @Test
  void parametersWithTheSameGradientAreBothUpdatedByIt() {
    ParameterStore shared = new ParameterStore(5, DataType.FLOAT);
    try (ParallelPlan training =
        new ParallelPlan(
            2,
            2,
            (share, batch) -> {
              ModelGraph two = new ModelGraph(shared, DataType.FLOAT);
              Ops ops = two.ops();
              GraphTensor x = two.placeholder("x", share, 2);
              GraphTensor a = two.parameter("a", Initialiser.zeros(), 2);
              GraphTensor b = two.parameter("b", Initialiser.zeros(), 2);
              GraphTensor y = ops.tanh(ops.addRow(ops.addRow(x, a), b));
              return Plan.training(two, ops.sum(y).named("loss"), two.parameters());
            })) {
      Optimiser optimiser =
          new Optimiser(
              new Optimiser.Options(0.9, 0.99, 0, 0.5),
              shared,
              training,
              shared.names(),
              new ExponentialMovingAverage(0, shared));
      training.set("x", new float[] {0.1f, 0.2f, 0.3f, 0.4f});
      for (int step = 0; step < 3; step++) {
        training.run();
        optimiser.step(step, 0.1);
      }
    }
    assertThat(shared.toTensors().get("a")).isEqualTo(shared.toTensors().get("b"));
    assertThat(shared.toTensors().get("a").data()[0]).isCloseTo(-0.3f, within(0.05f));
  }

  @Test
  void parametersThatAreNotAskedForStayAsTheyAre() {
    Subject subject = new Subject(OPTIONS, 1, 1);
    TensorMap before = subject.store.toTensors();
    WorkerThreads workers = new WorkerThreads(1, "test");
    threads.add(workers);
    Optimiser some =
        new Optimiser(
            OPTIONS,
            subject.store,
            subject.gradients,
            workers,
            List.of("vector"),
            BY_MUON::contains,
            Execution.plain(),
            subject.average);
    subject.randomGradients(1, 1);
    some.step(0, 0.01);
    TensorMap after = subject.store.toTensors();
    assertThat(after.get("matrix")).isEqualTo(before.get("matrix"));
    assertThat(after.get("vector")).isNotEqualTo(before.get("vector"));
    assertThat(some.toTensors().names()).containsExactly("mean/vector", "square/vector");
  }

  @Test
  void parametersInDoublePrecisionAreRefused() {
    ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
    new ModelGraph(store, DataType.DOUBLE).parameter("w", Initialiser.ones(), 2);
    ExponentialMovingAverage average = new ExponentialMovingAverage(0, store);
    WorkerThreads workers = new WorkerThreads(1, "test");
    threads.add(workers);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Optimiser(
                    OPTIONS,
                    store,
                    List.of(),
                    workers,
                    store.names(),
                    name -> false,
                    Execution.plain(),
                    average))
        .withMessageContaining("DOUBLE");
  }

  @Test
  void optionsOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Optimiser.Options(1, 0.9, 0, 1))
        .withMessageContaining("beta1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Optimiser.Options(0.9, -0.1, 0, 1))
        .withMessageContaining("beta2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Optimiser.Options(0.9, 0.9, -1, 1))
        .withMessageContaining("weight decay");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Optimiser.Options(0.9, 0.9, 0, 0))
        .withMessageContaining("clip norm");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Optimiser.Options(0.9, 0.9, 0, 1, 1))
        .withMessageContaining("muon is 1.0");
  }
}
