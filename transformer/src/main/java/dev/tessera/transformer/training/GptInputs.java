package dev.tessera.transformer.training;

import dev.tessera.engine.plan.Plan;
import dev.tessera.transformer.sequence.Batch;

/** Gives a batch to a plan of the GPT. */
public final class GptInputs {
  private GptInputs() {}

  /** Sets every placeholder that {@link dev.tessera.transformer.model.Gpt} makes. */
  public static void set(Plan plan, Batch batch) {
    plan.set("tokens", batch.tokens());
    plan.set("positions", batch.positions());
    plan.set("targetPositions", batch.targetPositions());
    plan.set("targets", batch.targets());
    plan.set("weights", batch.weights());
    plan.set("modality", batch.modality());
  }
}
