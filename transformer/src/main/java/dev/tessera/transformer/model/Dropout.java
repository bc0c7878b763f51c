package dev.tessera.transformer.model;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;

/**
 * Numbers that training leaves out of the residual stream at random (Srivastava et al., 2014), at
 * the places of Vaswani et al., 2017, section 5.4: of the sum of embeddings and of what attention
 * and MLP add. What is left is enlarged, so that nothing changes on average.
 *
 * <p>The factors of a place are a placeholder, {@code dropoutN} [B·T, D], to be drawn anew for each
 * step. A draw has eight bits: the rate is rounded to the nearest 256th.
 *
 * @param rate chance of a number to be left out, 0 to 0.9
 */
public record Dropout(double rate) {
  /** Leaves everything in, and adds nothing to a graph. */
  public static final Dropout NONE = new Dropout(0);

  private static final double MAXIMUM = 0.9;
  private static final int DRAWS = 256;

  public Dropout {
    if (!(rate >= 0 && rate <= MAXIMUM)) {
      throw new IllegalArgumentException("dropout is " + rate + ", but must be 0 to " + MAXIMUM);
    }
  }

  /** Draws below it are left out. */
  private int threshold() {
    return (int) Math.rint(rate * DRAWS);
  }

  /** What is left of x [N, D] at a place, numbered from 0. */
  public GraphTensor of(GraphTensor x, int place, ModelGraph graph) {
    return threshold() == 0
        ? x
        : graph.ops().multiply(x, graph.placeholder(name(place), x.size(0), x.size(1)));
  }

  private static String name(int place) {
    return "dropout" + place;
  }

  /**
   * Draws the factors of all places of a GPT.
   *
   * @param plan of a graph that this was built into
   * @param seed of the run
   * @param step which draw it is: each has its own
   */
  public void draw(ParallelPlan plan, TransformerConfig config, long seed, long step) {
    draw(plan, 1 + 2 * config.layers(), seed, step);
  }

  /**
   * Draws the factors of so many places.
   *
   * @param plan of a graph that this was built into
   * @param places of the graph
   * @param seed of the run
   * @param step which draw it is: each has its own
   */
  public void draw(ParallelPlan plan, int places, long seed, long step) {
    if (threshold() == 0) {
      return;
    }
    CounterRandom random = new CounterRandom(seed, "dropout", step);
    for (int place = 0; place < places; place++) {
      float[] factors = new float[plan.length(name(place))];
      fill(factors, random);
      plan.set(name(place), factors);
    }
  }

  /** 0 at the rate, otherwise what makes the mean 1. */
  void fill(float[] factors, CounterRandom random) {
    float[] ofDraw = new float[DRAWS];
    Arrays.fill(ofDraw, threshold(), DRAWS, DRAWS / (float) (DRAWS - threshold()));
    int next = 0;
    while (next < factors.length) {
      long bits = random.nextLong();
      int end = Math.min(factors.length, next + Long.BYTES);
      for (; next < end; next++) {
        factors[next] = ofDraw[(int) bits & (DRAWS - 1)];
        bits >>>= Byte.SIZE;
      }
    }
  }
}
