package dev.tessera.engine.train;

import java.util.Map;

/** Follows a run, to show or to log it. Called on the training thread. */
public interface TrainingListener {
  /** One step was done. */
  default void step(StepReport report) {}

  /**
   * The model was measured on held-out data.
   *
   * @param report the last step
   * @param measures by name, for instance {@code psnr} in dB
   */
  default void evaluated(StepReport report, Map<String, Double> measures) {}

  /** A checkpoint was written. */
  default void saved(StepReport report) {}
}
