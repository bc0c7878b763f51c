package dev.tessera.engine.plan;

import java.util.HashMap;
import java.util.Map;

/**
 * Plans of one graph for a few batch sizes, each compiled when it is first needed: few rows do not
 * pay for many, and many are computed a batch after the other.
 *
 * <p>Not thread-safe.
 */
public final class SizedPlans implements AutoCloseable {
  private static final int[] SIZES = {1, 16, 64};

  private final ParallelPlan.Factory factory;
  private final Map<Integer, ParallelPlan> plans = new HashMap<>();

  /**
   * Plans that are yet to be compiled.
   *
   * @param factory makes the replicas of each
   */
  public SizedPlans(ParallelPlan.Factory factory) {
    this.factory = factory;
  }

  /** Computes one batch. */
  @FunctionalInterface
  public interface Batch {
    /**
     * Gives the plan its rows, runs it and takes what it finds.
     *
     * @param plan for as many rows as are filled or more
     * @param start which of all rows is the batch's first
     * @param filled how many of all rows the batch holds
     */
    void compute(ParallelPlan plan, int start, int filled);
  }

  /** Any number of rows, a batch after the other. */
  public void forEachBatch(int rows, Batch batch) {
    for (int start = 0; start < rows; ) {
      int left = rows - start;
      int filled = Math.min(size(left), left);
      batch.compute(of(left), start, filled);
      start += filled;
    }
  }

  /** The smallest size that holds so many rows, or the largest where none does. */
  private static int size(int rows) {
    for (int size : SIZES) {
      if (size >= rows) {
        return size;
      }
    }
    return SIZES[SIZES.length - 1];
  }

  /** The plan of the first batch of so many rows. */
  public ParallelPlan of(int rows) {
    return plans.computeIfAbsent(size(rows), size -> new ParallelPlan(size, factory));
  }

  /** Ends the threads of the plans; nothing can be run any more. */
  @Override
  public void close() {
    plans.values().forEach(ParallelPlan::close);
  }
}
