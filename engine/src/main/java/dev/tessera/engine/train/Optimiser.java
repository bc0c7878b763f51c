package dev.tessera.engine.train;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.WorkerThreads;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Adam with decoupled weight decay (Loshchilov, Hutter, ICLR 2019, algorithm 2) and clipping of the
 * gradients' global norm; matrices and kernels go by {@link Muon} instead, if the options have it.
 * Only parameters of two or more axes decay: biases and scales do not. ε is added to the root of
 * the uncorrected square, as at the end of section 2 of Kingma, Ba, ICLR 2015.
 *
 * <p>All that Adam does to a parameter happens while it is in the cache: the parameters are divided
 * into chunks, and each goes once through decay, moments, update and moving average. The chunks are
 * divided among the threads of the plan. Every number is computed from its own place alone, and the
 * norm is summed in the order of the chunks, so that the bits depend on nothing but the gradients:
 * neither on threads nor on what has been compiled.
 */
public final class Optimiser {
  /**
   * What does not change while training.
   *
   * @param beta1 decay of the mean of gradients, 0 ≤ β₁ &lt; 1
   * @param beta2 decay of the mean of their squares, 0 ≤ β₂ &lt; 1
   * @param weightDecay share of a weight, times the learning rate, that a step takes away; ≥ 0
   * @param clipNorm the largest norm of all gradients together; &gt; 0
   * @param muon share of the mean of gradients that a step keeps where {@link Muon} updates, 0 to
   *     below 1; 0 if all parameters go by Adam
   */
  public record Options(
      double beta1, double beta2, double weightDecay, double clipNorm, double muon) {
    public Options {
      requireBeta("beta1", beta1);
      requireBeta("beta2", beta2);
      requireBeta("muon", muon);
      if (!(weightDecay >= 0)) {
        throw new IllegalArgumentException("weight decay is " + weightDecay + ", but must be >= 0");
      }
      if (!(clipNorm > 0)) {
        throw new IllegalArgumentException("clip norm is " + clipNorm + ", but must be > 0");
      }
    }

    /** Adam for all parameters. */
    public Options(double beta1, double beta2, double weightDecay, double clipNorm) {
      this(beta1, beta2, weightDecay, clipNorm, 0);
    }

    private static void requireBeta(String name, double beta) {
      if (!(beta >= 0 && beta < 1)) {
        throw new IllegalArgumentException(name + " is " + beta + ", but must be 0 to below 1");
      }
    }
  }

  /**
   * A stretch of one parameter.
   *
   * @param from its first number in the memory of the parameters
   * @param length how many numbers, 1 to 2,048
   * @param decays whether weight decay applies
   */
  private record Chunk(int from, int length, boolean decays) {}

  private final Options options;
  private final ParameterStore store;
  private final List<String> names = new ArrayList<>();
  private List<FlatMemory> gradients;
  private final WorkerThreads threads;
  private final ExponentialMovingAverage average;
  private final List<Chunk> chunks = new ArrayList<>();

  /** Those that Muon does not update. */
  private final List<Chunk> adamChunks = new ArrayList<>();

  private final Muon muon;
  private final double[] squares;
  private final ChunkLoops[] loops;
  private final float[] means;
  private final float[] squareMeans;
  private float[] accumulated = {};
  private boolean hasAccumulated;

  /**
   * An optimiser that has done nothing yet, by Adam for all parameters.
   *
   * @param store of FLOAT parameters
   * @param plan computes the gradients of {@code names}; its threads do the work
   * @param names of the parameters to update
   * @param average takes every update in
   */
  public Optimiser(
      Options options,
      ParameterStore store,
      ParallelPlan plan,
      Iterable<String> names,
      ExponentialMovingAverage average) {
    this(options, store, plan, names, name -> false, Execution.plain(), average);
  }

  /**
   * An optimiser that has done nothing yet.
   *
   * @param byMuon says of a name whether {@link Muon} updates it, if the options have it
   * @param execution of Muon's products
   */
  public Optimiser(
      Options options,
      ParameterStore store,
      ParallelPlan plan,
      Iterable<String> names,
      Predicate<String> byMuon,
      Execution execution,
      ExponentialMovingAverage average) {
    this(options, store, plan.gradients(), plan.threads(), names, byMuon, execution, average);
  }

  /**
   * @param gradients those of replicas, whose sum is the gradient
   */
  Optimiser(
      Options options,
      ParameterStore store,
      List<FlatMemory> gradients,
      WorkerThreads threads,
      Iterable<String> names,
      Predicate<String> byMuon,
      Execution execution,
      ExponentialMovingAverage average) {
    if (store.type() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "parameters are " + store.type() + ", but the optimiser needs FLOAT");
    }
    this.options = options;
    this.store = store;
    this.gradients = List.copyOf(gradients);
    this.threads = threads;
    this.average = average;
    List<Muon.Matrix> matrices = new ArrayList<>();
    for (String name : names) {
      this.names.add(name);
      boolean isMatrix = options.muon() > 0 && byMuon.test(name);
      divide(name, isMatrix);
      if (isMatrix) {
        matrices.add(Muon.Matrix.of(name, store));
      }
    }
    muon = new Muon(matrices, options.muon(), execution, threads, store.memory(), average);
    squares = new double[chunks.size()];
    loops = new ChunkLoops[threads.count()];
    Arrays.setAll(loops, thread -> new ChunkLoops());
    int extent = Math.toIntExact(store.memory().extent());
    means = new float[extent];
    squareMeans = new float[extent];
  }

  /**
   * Turns to another plan's gradients for the same parameters, with the moments as they are.
   *
   * @param plan computes the gradients from now on
   */
  public void follow(ParallelPlan plan) {
    gradients = plan.gradients();
  }

  private void divide(String name, boolean byMuon) {
    boolean decays = store.array(name).rank() >= 2;
    int from = Math.toIntExact(store.offset(name));
    int end = from + Math.toIntExact(store.array(name).length());
    for (int next = from; next < end; next += ChunkLoops.LENGTH) {
      Chunk chunk = new Chunk(next, Math.min(ChunkLoops.LENGTH, end - next), decays);
      chunks.add(chunk);
      if (!byMuon) {
        adamChunks.add(chunk);
      }
    }
  }

  /**
   * Keeps the plan's gradients for the next {@link #step}, which adds them to those that the plan
   * has then. For a batch that is computed in parts: all but the last are accumulated.
   */
  public void accumulate() {
    if (accumulated.length == 0) {
      accumulated = new float[means.length];
    }
    forEach(
        chunks,
        (index, own) -> {
          Chunk chunk = chunks.get(index);
          sum(chunk, own);
          System.arraycopy(own.gradient, 0, accumulated, chunk.from(), chunk.length());
        });
    hasAccumulated = true;
  }

  /**
   * Updates the parameters and the moving average from the plan's gradients, which are lost.
   *
   * @param step how many updates came before
   * @param learningRate of this update
   * @return the norm of all gradients together, before clipping
   */
  public double step(long step, double learningRate) {
    forEach(
        chunks,
        (index, own) -> {
          Chunk chunk = chunks.get(index);
          sum(chunk, own);
          gradients.get(0).write(chunk.from(), own.gradient, 0, chunk.length());
          squares[index] = own.squares(chunk.length());
        });
    hasAccumulated = false;
    double sum = 0;
    for (double part : squares) {
      sum += part;
    }
    double norm = Math.sqrt(sum);

    double correction =
        Math.sqrt(1 - Math.pow(options.beta2(), step + 1.0))
            / (1 - Math.pow(options.beta1(), step + 1.0));
    float clip = (float) (norm > options.clipNorm() ? options.clipNorm() / norm : 1);
    float rate = (float) (learningRate * correction);
    float kept = (float) (1 - learningRate * options.weightDecay());
    float averageKept = average.kept(step);
    muon.step(gradients.get(0), means, new Muon.Step(clip, kept, learningRate, averageKept));
    forEach(
        adamChunks,
        (index, own) -> {
          Chunk chunk = adamChunks.get(index);
          int from = chunk.from();
          int length = chunk.length();
          gradients.get(0).read(from, own.gradient, 0, length);
          store.memory().read(from, own.weights, 0, length);
          System.arraycopy(means, from, own.means, 0, length);
          System.arraycopy(squareMeans, from, own.squareMeans, 0, length);
          own.moments(length, clip, (float) options.beta1(), (float) options.beta2());
          own.update(length, chunk.decays() ? kept : 1, rate);
          System.arraycopy(own.means, 0, means, from, length);
          System.arraycopy(own.squareMeans, 0, squareMeans, from, length);
          store.memory().write(from, own.weights, 0, length);
          average.take(own, from, length, averageKept);
        });
    return norm;
  }

  /** The gradient of a chunk: that of the replicas in their order, and what was accumulated. */
  private void sum(Chunk chunk, ChunkLoops own) {
    int length = chunk.length();
    gradients.get(0).read(chunk.from(), own.gradient, 0, length);
    for (int replica = 1; replica < gradients.size(); replica++) {
      gradients.get(replica).read(chunk.from(), own.summand, 0, length);
      own.addToGradient(length);
    }
    if (hasAccumulated) {
      System.arraycopy(accumulated, chunk.from(), own.summand, 0, length);
      own.addToGradient(length);
    }
  }

  /** What is done with each chunk. */
  private interface ChunkTask {
    void run(int index, ChunkLoops own);
  }

  private void forEach(List<Chunk> some, ChunkTask task) {
    threads.run(
        thread -> {
          int end = first(some, thread + 1);
          for (int index = first(some, thread); index < end; index++) {
            task.run(index, loops[thread]);
          }
        });
  }

  private int first(List<Chunk> some, int thread) {
    return (int) ((long) some.size() * thread / threads.count());
  }

  /**
   * A copy of the moments: {@code mean/NAME}, and {@code square/NAME} of parameters that go by
   * Adam.
   */
  public TensorMap toTensors() {
    TensorMap tensors = new TensorMap();
    for (String name : names) {
      tensors.put("mean/" + name, tensor(name, means));
      if (!muon.updates(name)) {
        tensors.put("square/" + name, tensor(name, squareMeans));
      }
    }
    return tensors;
  }

  private Tensor tensor(String name, float[] all) {
    int from = (int) store.offset(name);
    int length = (int) store.array(name).length();
    return new Tensor(store.array(name).shape(), Arrays.copyOfRange(all, from, from + length));
  }

  /** Restores what {@link #toTensors} copied. */
  public void load(TensorMap tensors) {
    for (String name : names) {
      long[] shape = store.array(name).shape();
      int from = (int) store.offset(name);
      float[] mean = tensors.get("mean/" + name, shape).data();
      System.arraycopy(mean, 0, means, from, mean.length);
      if (!muon.updates(name)) {
        float[] square = tensors.get("square/" + name, shape).data();
        System.arraycopy(square, 0, squareMeans, from, square.length);
      }
    }
  }
}
