package dev.tessera.transformer.training;

import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.transformer.sequence.Batch;

/** Gives sequences to a plan of the GPT. */
public final class GptInputs {
  private GptInputs() {}

  /**
   * Sets every placeholder that {@link dev.tessera.transformer.model.Gpt} makes.
   *
   * @param first the first sequence of the batch that the plan gets; the others follow
   */
  public static void set(ParallelPlan plan, Batch batch, int first) {
    int from = first * batch.length();
    plan.set("orders", batch.orders(), first);
    plan.set("tokens", batch.tokens(), from);
    plan.set("positions", batch.positions(), from);
    plan.set("targetPositions", batch.targetPositions(), from);
    if (batch.neighbours().length > 0) {
      int neighbours = batch.neighbours().length / batch.tokens().length;
      plan.set("neighbours", batch.neighbours(), from * neighbours);
    }
    plan.set("targets", batch.targets(), from);
    plan.set("weights", batch.weights(), from);
    plan.set("modality", batch.modality(), from);
  }
}
