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

  /** The smallest size that holds so many rows, or the largest where none does. */
  public static int size(int rows) {
    for (int size : SIZES) {
      if (size >= rows) {
        return size;
      }
    }
    return SIZES[SIZES.length - 1];
  }

  /**
   * The plan of a size.
   *
   * @param size as {@link #size} tells
   */
  public ParallelPlan of(int size) {
    return plans.computeIfAbsent(size, rows -> new ParallelPlan(rows, factory));
  }

  /** Ends the threads of the plans; nothing can be run any more. */
  @Override
  public void close() {
    plans.values().forEach(ParallelPlan::close);
  }
}
