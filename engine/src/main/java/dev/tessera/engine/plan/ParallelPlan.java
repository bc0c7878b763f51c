package dev.tessera.engine.plan;

import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.HostCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Replicas of a plan that run side by side, each on a thread of its own for its share of a batch.
 *
 * <p>On a CPU this scales better than threads inside of operations: nobody waits for the slowest at
 * every operation, and each core works on data of its own. A replica is compiled on its thread and
 * runs there alone, because native libraries keep scratch memory for each thread.
 *
 * <p>A loss must be a sum over the rows of the batch, divided by the size of the whole batch: then
 * the replicas' losses and gradients add up to those of one plan. They are summed in the order of
 * the replicas, so that no result depends on timing.
 *
 * <p>Not thread-safe.
 */
public final class ParallelPlan implements AutoCloseable {
  /** Makes the replicas. */
  @FunctionalInterface
  public interface Factory {
    /**
     * Compiles one replica.
     *
     * @param share rows of the batch that are its own, ≥ 1
     * @param batch rows of all replicas together
     */
    Plan compile(int share, int batch);
  }

  private final WorkerThreads threads;
  private final List<Plan> replicas = new ArrayList<>();

  /**
   * What each replica's thread computes from the parameters before the replicas run; or nothing.
   */
  private final List<List<Step>> preparation;

  /** The first row of each replica. */
  private final int[] firsts;

  /** One replica for each processor that this process may use. */
  public ParallelPlan(int batch, Factory factory) {
    this(batch, Runtime.getRuntime().availableProcessors(), factory);
  }

  /**
   * Compiles the replicas, one after another.
   *
   * @param batch rows, ≥ 1
   * @param replicas ≥ 1; there are never more than rows
   */
  public ParallelPlan(int batch, int replicas, Factory factory) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch is " + batch + ", but must be 1 or more");
    }
    threads = new WorkerThreads(Math.min(batch, replicas), "replica");
    firsts = new int[threads.count()];
    int next = 0;
    try {
      for (int i = 0; i < threads.count(); i++) {
        int share = batch / threads.count() + (i < batch % threads.count() ? 1 : 0);
        firsts[i] = next;
        next += share;
        threads.run(i, () -> this.replicas.add(factory.compile(share, batch)));
      }
    } catch (RuntimeException | Error e) {
      threads.close();
      throw e;
    }
    preparation = preparation(this.replicas);
  }

  /**
   * Replicas that need the same divide the work; others, whose shares differ, each do their own.
   */
  private static List<List<Step>> preparation(List<Plan> replicas) {
    Preparation first = replicas.get(0).preparation();
    List<List<Step>> steps = new ArrayList<>();
    if (replicas.stream().allMatch(plan -> plan.preparation().steps().isEmpty())) {
      return steps;
    }
    boolean alike = replicas.stream().allMatch(plan -> plan.preparation().isOfSame(first));
    for (int i = 0; i < replicas.size(); i++) {
      Preparation own = replicas.get(i).preparation();
      steps.add(alike ? own.divided(replicas.size()).get(i) : own.steps());
    }
    return steps;
  }

  /** The threads of the replicas, for work that follows a run. */
  public WorkerThreads threads() {
    return threads;
  }

  /**
   * Sets a placeholder of real numbers.
   *
   * @param values row-major: the rows of the whole batch, of which each replica gets its share; or
   *     as many as the placeholder of every single replica has, which all of them get
   */
  public void set(String placeholder, float[] values) {
    if (isForAll(placeholder, values.length)) {
      replicas.forEach(replica -> replica.set(placeholder, values));
    } else {
      requireLength(placeholder, values.length);
      set(placeholder, values, 0);
    }
  }

  /** Sets a placeholder of whole numbers, like {@link #set(String, float[])}. */
  public void set(String placeholder, int[] values) {
    if (isForAll(placeholder, values.length)) {
      replicas.forEach(replica -> replica.set(placeholder, values));
    } else {
      requireLength(placeholder, values.length);
      set(placeholder, values, 0);
    }
  }

  /**
   * Sets a placeholder of real numbers from a part of an array.
   *
   * @param from where the first row of the batch begins; the others follow
   */
  public void set(String placeholder, float[] values, int from) {
    int next = from;
    for (Plan replica : replicas) {
      replica.set(placeholder, values, next);
      next += replica.length(placeholder);
    }
  }

  /** Sets a placeholder of whole numbers, like {@link #set(String, float[], int)}. */
  public void set(String placeholder, int[] values, int from) {
    int next = from;
    for (Plan replica : replicas) {
      replica.set(placeholder, values, next);
      next += replica.length(placeholder);
    }
  }

  private boolean isForAll(String placeholder, int length) {
    return replicas.stream().allMatch(replica -> replica.length(placeholder) == length);
  }

  private void requireLength(String placeholder, int length) {
    if (length != length(placeholder)) {
      throw new IllegalArgumentException(
          String.format(
              "there are %d values for %s, which has %d over %d replicas",
              length, placeholder, length(placeholder), replicas.size()));
    }
  }

  /** Number of elements of a placeholder over all replicas. */
  public int length(String placeholder) {
    return replicas.stream().mapToInt(replica -> replica.length(placeholder)).sum();
  }

  /** Computes all outputs and gradients. What a replica throws is thrown once all have ended. */
  public void run() {
    prepare(Step::run);
    threads.run(replica -> replicas.get(replica).runPrepared());
  }

  private void prepare(Consumer<Step> how) {
    if (!preparation.isEmpty()) {
      threads.run(replica -> preparation.get(replica).forEach(how));
    }
  }

  /** Looks at the outputs of a replica, on its thread. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Called once the replica has run; others may still be running.
     *
     * @param first row of the batch that is the replica's first
     */
    void read(Plan replica, int first);
  }

  /** Like {@link #run}; what each replica has computed is read at once, side by side. */
  public void run(Reader reader) {
    prepare(Step::run);
    threads.run(
        index -> {
          Plan replica = replicas.get(index);
          replica.runPrepared();
          reader.read(replica, firsts[index]);
        });
  }

  /** Like {@link #run}, and adds to the times that {@link #explain} shows. */
  public void runTimed() {
    prepare(Step::runTimed);
    threads.run(replica -> replicas.get(replica).runPreparedTimed());
  }

  /** Whether there is an output of that name. */
  public boolean has(String output) {
    return replicas.get(0).has(output);
  }

  /** The sum of an output of one element over the replicas, in their order. */
  public double scalar(String output) {
    double sum = 0;
    for (Plan replica : replicas) {
      sum += replica.scalar(output);
    }
    return sum;
  }

  /** A copy of an output, replica after replica: the rows of the whole batch. */
  public float[] floats(String output) {
    long length = replicas.stream().mapToLong(replica -> replica.output(output).length()).sum();
    float[] values = new float[Math.toIntExact(length)];
    read(output, values);
    return values;
  }

  /** Like {@link #floats}, into an array that is long enough. */
  public void read(String output, float[] values) {
    int next = 0;
    for (Plan replica : replicas) {
      INDArray part = replica.output(output);
      HostCopy.read(part, values, next);
      next += (int) part.length();
    }
  }

  /** What {@link Plan#millisecondsByKind} says, on average over the replicas. */
  public Map<String, Double> millisecondsByKind() {
    Map<String, Double> times = new TreeMap<>();
    for (Plan replica : replicas) {
      replica
          .millisecondsByKind()
          .forEach((kind, time) -> times.merge(kind, time / replicas.size(), Double::sum));
    }
    return times;
  }

  /** {@link Plan#gradients} of each replica; their sum is the gradient. */
  public List<FlatMemory> gradients() {
    return replicas.stream().map(Plan::gradients).toList();
  }

  /** Bytes of the buffers that the replicas' steps write to. */
  public long bufferBytes() {
    return replicas.stream().mapToLong(Plan::bufferBytes).sum();
  }

  /** What {@link Plan#explain} says of each replica. */
  public String explain() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < replicas.size(); i++) {
      text.append("replica ").append(i + 1).append(" of ").append(replicas.size()).append(": ");
      text.append(replicas.get(i).explain());
    }
    return text.toString();
  }

  /** Ends the threads; nothing can be run any more. */
  @Override
  public void close() {
    threads.close();
  }
}
