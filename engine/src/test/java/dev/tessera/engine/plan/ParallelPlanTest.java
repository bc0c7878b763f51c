package dev.tessera.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

class ParallelPlanTest {
  private static final int LENGTH = 12;
  private static final int WIDTH = 32;
  private static final int IDS = 20;

  private final ParameterStore store = new ParameterStore(4, DataType.FLOAT);
  private final List<Plan> replicas = new ArrayList<>();
  private final List<Thread> compilers = new ArrayList<>();
  private final List<ParallelPlan> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(ParallelPlan::close);
  }

  /** Sequences of ids through attention and a picture of their own through a convolution. */
  private Plan compile(int share, int batch) {
    compilers.add(Thread.currentThread());
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    Ops ops = graph.ops();
    GraphTensor table = graph.parameter("table", Initialiser.normal(1), IDS, WIDTH);
    GraphTensor x = ops.embedding(table, graph.indices("ids", (long) share * LENGTH));
    GraphTensor spread = graph.parameter("qkv", Initialiser.normal(0.3), WIDTH, 3 * WIDTH);
    x =
        ops.attention(ops.project(x, spread), share, 4, AttentionMask.of(MaskPattern.CAUSAL))
            .named("mixed");
    GraphTensor kernel = graph.parameter("kernel", Initialiser.normal(0.1), 3, 3, 2, 5);
    GraphTensor bias = graph.parameter("bias", Initialiser.normal(0.1), 5);
    GraphTensor picture =
        ops.conv2d(graph.placeholder("pictures", share, 8, 8, 2), kernel, bias, 2);
    GraphTensor shared = graph.placeholder("temperature", 1);
    GraphTensor energy = ops.sum(ops.multiplyScalar(ops.multiply(picture, picture), shared));
    GraphTensor sum = ops.add(ops.sum(ops.multiply(x, ops.tanh(x))), energy);
    GraphTensor loss = ops.affine(sum, 1.0 / batch, 0).named("loss");
    Plan plan = Plan.training(graph, loss, graph.parameters(), x);
    replicas.add(plan);
    return plan;
  }

  private ParallelPlan parallel(int batch, int count) {
    replicas.clear();
    compilers.clear();
    ParallelPlan plan = new ParallelPlan(batch, count, this::compile);
    opened.add(plan);
    return plan;
  }

  private static void fill(ParallelPlan plan, int batch, long seed) {
    Random random = new Random(seed);
    plan.set("ids", random.ints((long) batch * LENGTH, 0, IDS).toArray());
    plan.set("pictures", GraphInputs.gaussians(random, batch * 8 * 8 * 2, 1));
    plan.set("temperature", new float[] {0.7f});
  }

  /** Sum over the replicas. */
  private double[] gradient(String name) {
    double[] sum = new double[(int) store.array(name).length()];
    for (Plan replica : replicas) {
      float[] part = HostCopy.floats(replica.gradient(name));
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part[i];
      }
    }
    return sum;
  }

  @Test
  void eachReplicaIsReadOnItsOwnThreadFromItsFirstRowOn() {
    int batch = 5;
    ParallelPlan plan = parallel(batch, 2);
    fill(plan, batch, 3);
    plan.run();
    float[] expected = plan.floats("mixed");
    fill(plan, batch, 3);
    float[] found = new float[expected.length];
    List<Thread> readers = java.util.Collections.synchronizedList(new ArrayList<>());
    plan.run(
        (replica, first) -> {
          readers.add(Thread.currentThread());
          HostCopy.read(replica.output("mixed"), found, first * LENGTH * WIDTH);
        });
    assertThat(found).containsExactly(expected);
    assertThat(readers).containsExactlyInAnyOrderElementsOf(compilers);
  }

  @ParameterizedTest
  @CsvSource({"8, 2", "7, 2", "7, 3", "5, 4", "3, 3"})
  void lossGradientsAndOutputsAreThoseOfOnePlan(int batch, int count) {
    ParallelPlan one = parallel(batch, 1);
    fill(one, batch, 11);
    one.run();
    double loss = one.scalar("loss");
    float[] mixed = one.floats("mixed");
    List<double[]> gradients = store.names().stream().map(this::gradient).toList();

    ParallelPlan several = parallel(batch, count);
    assertThat(replicas).hasSize(count);
    fill(several, batch, 11);
    several.run();
    assertThat(several.scalar("loss")).isCloseTo(loss, within(1e-5 * Math.abs(loss)));
    assertThat(several.floats("mixed")).containsExactly(mixed, within(1e-5f));
    int i = 0;
    for (String name : store.names()) {
      double[] expected = gradients.get(i++);
      double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      assertThat(gradient(name)).as(name).containsExactly(expected, within(1e-5 * largest));
    }
  }

  @Test
  void sharesAreAsEqualAsCanBeAndTheLargerOnesComeFirst() {
    parallel(7, 3);
    assertThat(replicas.stream().map(plan -> plan.length("ids") / LENGTH)).containsExactly(3, 2, 2);
    parallel(2, 5);
    assertThat(replicas.stream().map(plan -> plan.length("ids") / LENGTH)).containsExactly(1, 1);
    parallel(1, 1);
    assertThat(replicas).hasSize(1);
  }

  @Test
  void eachReplicaIsCompiledOnAThreadOfItsOwn() {
    ParallelPlan plan = parallel(6, 3);
    assertThat(new HashSet<>(compilers)).hasSize(3).doesNotContain(Thread.currentThread());
    Thread[] threads = new Thread[3];
    plan.threads().run(index -> threads[index] = Thread.currentThread());
    assertThat(compilers).containsExactly(threads);
  }

  @Test
  void bitsRepeatFromRunToRunAndFromPlanToPlan() {
    double loss = Double.NaN;
    List<float[]> first = List.of();
    for (int attempt = 0; attempt < 3; attempt++) {
      ParallelPlan plan = parallel(6, 3);
      fill(plan, 6, 5);
      for (int run = 0; run < 20; run++) {
        plan.run();
        List<float[]> now = new ArrayList<>();
        now.add(plan.floats("mixed"));
        for (Plan replica : replicas) {
          store.names().forEach(name -> now.add(HostCopy.floats(replica.gradient(name))));
        }
        if (first.isEmpty()) {
          loss = plan.scalar("loss");
          first = now;
        }
        assertThat(plan.scalar("loss")).isEqualTo(loss);
        for (int i = 0; i < now.size(); i++) {
          assertThat(now.get(i)).isEqualTo(first.get(i));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void placeholdersAreSplitOrGivenToAll(int count) {
    ParallelPlan plan = parallel(5, count);
    int[] ids = new int[5 * LENGTH];
    Arrays.setAll(ids, i -> i % IDS);
    plan.set("ids", ids);
    plan.set("temperature", new float[] {3});
    assertThat(plan.length("ids")).isEqualTo(ids.length);
    assertThat(plan.length("temperature")).isEqualTo(count);
    float[] pictures = GraphInputs.gaussians(new Random(1), 2 * plan.length("pictures"), 1);
    plan.set("pictures", pictures, plan.length("pictures"));
    plan.run();
    double split = plan.scalar("loss");
    float[] mixed = plan.floats("mixed");
    plan.set("pictures", Arrays.copyOfRange(pictures, pictures.length / 2, pictures.length));
    int[] later = new int[2 + ids.length];
    System.arraycopy(ids, 0, later, 2, ids.length);
    plan.set("ids", later, 2);
    plan.run();
    assertThat(plan.scalar("loss")).isEqualTo(split);
    assertThat(plan.floats("mixed")).isEqualTo(mixed);
    // Had only the first replica been given the temperature, the others would add nothing.
    plan.set("temperature", new float[] {0});
    plan.run();
    double without = plan.scalar("loss");
    plan.set("temperature", new float[] {6});
    plan.run();
    assertThat(plan.scalar("loss") - without).isCloseTo(2 * (split - without), within(1e-3));
  }

  @Test
  void wrongLengthsAndNamesAreRefused() {
    ParallelPlan plan = parallel(5, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.set("ids", new int[3 * LENGTH]))
        .withMessageContainingAll("ids", "36", "60");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.set("pictures", new float[1]))
        .withMessageContainingAll("pictures", "640");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.set("ids", new int[5 * LENGTH], 1))
        .withMessageContaining("60");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.set("ids", new int[5 * LENGTH], -1))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.set("nothing", new float[1]))
        .withMessageContaining("nothing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parallel(0, 2))
        .withMessageContaining("batch is 0");
    assertThatIllegalArgumentException().isThrownBy(() -> parallel(2, 0));
  }

  @Test
  void aReplicaThatFailsToCompileFailsTheWhole() {
    IllegalStateException expected = new IllegalStateException("expected");
    Thread[] thread = new Thread[1];
    assertThatThrownBy(
            () ->
                new ParallelPlan(
                    4,
                    2,
                    (share, batch) -> {
                      thread[0] = Thread.currentThread();
                      throw expected;
                    }))
        .isSameAs(expected);
    assertThat(thread[0].isAlive()).isFalse();
  }

  @Test
  void explainsEachReplica() {
    ParallelPlan plan = parallel(5, 2);
    fill(plan, 5, 1);
    plan.runTimed();
    assertThat(plan.explain()).contains("replica 1 of 2", "replica 2 of 2", "matmul");
    assertThat(plan.bufferBytes())
        .isEqualTo(replicas.get(0).bufferBytes() + replicas.get(1).bufferBytes());
  }

  @Test
  void aClosedPlanRunsNoMore() {
    ParallelPlan plan = parallel(2, 2);
    Thread[] threads = new Thread[2];
    plan.threads().run(index -> threads[index] = Thread.currentThread());
    plan.close();
    assertThat(threads).noneMatch(Thread::isAlive);
    assertThatIllegalStateException().isThrownBy(plan::run);
  }
}
