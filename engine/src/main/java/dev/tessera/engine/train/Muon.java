package dev.tessera.engine.train;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.WorkerThreads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Updates matrices by the momentum of their gradients with all singular values brought to about one
 * (Jordan et al., <i>Muon</i>, 2024): directions that gradients rarely point in are learned as fast
 * as the few that they mostly do. A kernel [height, width, in, out] is a matrix of height·width·in
 * rows.
 *
 * <p>An update is multiplied by {@value #SPREAD}·√max(rows, columns), which makes its numbers about
 * as large as those of Adam, so that one learning rate serves both (Liu et al., <i>Muon is scalable
 * for LLM training</i>, 2025, section 2.2).
 *
 * <p>What is shorter than {@value #EPSILON} is made longer less, as by Jordan et al.: of a layer
 * that is cut off nothing but the rest of a mean comes, which fades away.
 *
 * <p>Each matrix is updated by one thread alone. Its bits do not depend on which, but on the
 * instructions that products are made of.
 */
final class Muon {
  private static final double SPREAD = 0.2;
  private static final double EPSILON = 1e-7;

  /**
   * A parameter as a matrix.
   *
   * @param name of the parameter
   * @param from its first number in the memory of the parameters
   * @param rows all axes but the last together
   * @param columns the last axis
   */
  record Matrix(String name, int from, int rows, int columns) {
    static Matrix of(String name, ParameterStore store) {
      long[] shape = store.array(name).shape();
      if (shape.length < 2) {
        throw new IllegalArgumentException("parameter " + name + " has one axis: it is no matrix");
      }
      int columns = Math.toIntExact(shape[shape.length - 1]);
      int length = Math.toIntExact(store.array(name).length());
      return new Matrix(name, Math.toIntExact(store.offset(name)), length / columns, columns);
    }

    int length() {
      return rows * columns;
    }

    /** Multiplications in a step of {@link NewtonSchulz}. */
    long effort() {
      long shorter = Math.min(rows, columns);
      return shorter * shorter * (2L * Math.max(rows, columns) + shorter);
    }
  }

  /**
   * What all matrices are updated by.
   *
   * @param clip factor of gradients
   * @param kept share of the weights that decay leaves
   * @param learningRate of Adam's updates
   * @param averageKept share of the moving average that stays
   */
  record Step(float clip, float kept, double learningRate, float averageKept) {}

  /** What a thread works with. */
  private final class Worker {
    final List<Matrix> matrices = new ArrayList<>();
    final ChunkLoops loops = new ChunkLoops();
    final NewtonSchulz.Maker maker;
    final Map<List<Integer>, NewtonSchulz> byShape = new HashMap<>();
    float[] direction = {};

    Worker(Execution execution) {
      maker = NewtonSchulz.maker(execution);
    }

    void step(Matrix matrix, FlatMemory gradients, float[] means, Step step) {
      int length = matrix.length();
      if (direction.length < length) {
        direction = new float[length];
      }
      double squares = 0;
      for (int at = 0; at < length; at += ChunkLoops.LENGTH) {
        int count = Math.min(ChunkLoops.LENGTH, length - at);
        int from = matrix.from() + at;
        gradients.read(from, loops.gradient, 0, count);
        System.arraycopy(means, from, loops.means, 0, count);
        loops.lookAhead(count, step.clip(), (float) momentum);
        System.arraycopy(loops.means, 0, means, from, count);
        System.arraycopy(loops.gradient, 0, direction, at, count);
        squares += loops.squares(count);
      }
      byShape
          .computeIfAbsent(
              List.of(matrix.rows(), matrix.columns()),
              shape -> maker.make(matrix.rows(), matrix.columns()))
          .orthogonalise(direction, (float) (1 / (Math.sqrt(squares) + EPSILON)));
      double spread = SPREAD * Math.sqrt(Math.max(matrix.rows(), matrix.columns()));
      for (int at = 0; at < length; at += ChunkLoops.LENGTH) {
        int count = Math.min(ChunkLoops.LENGTH, length - at);
        int from = matrix.from() + at;
        System.arraycopy(direction, at, loops.gradient, 0, count);
        weights.read(from, loops.weights, 0, count);
        loops.move(count, step.kept(), (float) (step.learningRate() * spread));
        weights.write(from, loops.weights, 0, count);
        average.take(loops, from, count, step.averageKept());
      }
    }
  }

  private final double momentum;
  private final WorkerThreads threads;
  private final FlatMemory weights;
  private final ExponentialMovingAverage average;
  private final Set<String> names = new HashSet<>();
  private final List<Worker> workers = new ArrayList<>();

  /**
   * @param matrices what to update; may be none
   * @param momentum share of the mean of gradients that a step keeps
   * @param execution of products
   * @param threads do the work
   * @param weights where the matrices are
   * @param average takes every update in
   */
  Muon(
      List<Matrix> matrices,
      double momentum,
      Execution execution,
      WorkerThreads threads,
      FlatMemory weights,
      ExponentialMovingAverage average) {
    this.momentum = momentum;
    this.threads = threads;
    this.weights = weights;
    this.average = average;
    matrices.forEach(matrix -> names.add(matrix.name()));
    if (!matrices.isEmpty()) {
      share(matrices, execution);
    }
  }

  /**
   * Gives each matrix to the thread that has the least to do, those of the greatest effort first.
   */
  private void share(List<Matrix> matrices, Execution execution) {
    long[] effort = new long[threads.count()];
    for (int thread = 0; thread < effort.length; thread++) {
      workers.add(new Worker(execution));
    }
    List<Matrix> ordered = new ArrayList<>(matrices);
    ordered.sort(Comparator.comparingLong(Matrix::effort).reversed());
    for (Matrix matrix : ordered) {
      int least = 0;
      for (int thread = 1; thread < effort.length; thread++) {
        least = effort[thread] < effort[least] ? thread : least;
      }
      effort[least] += matrix.effort();
      workers.get(least).matrices.add(matrix);
    }
  }

  /** Whether a parameter is one of the matrices. */
  boolean updates(String name) {
    return names.contains(name);
  }

  /**
   * Updates all matrices and their moving average.
   *
   * @param gradients of all parameters
   * @param means of the gradients so far, at the places that the weights have
   */
  void step(FlatMemory gradients, float[] means, Step step) {
    if (workers.isEmpty()) {
      return;
    }
    threads.run(
        thread -> {
          Worker worker = workers.get(thread);
          for (Matrix matrix : worker.matrices) {
            worker.step(matrix, gradients, means, step);
          }
        });
  }
}
