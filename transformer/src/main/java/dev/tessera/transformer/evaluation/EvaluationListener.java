package dev.tessera.transformer.evaluation;

/** Told how an evaluation is going; may throw to end it. */
@FunctionalInterface
public interface EvaluationListener {
  /** Tells nobody. */
  EvaluationListener NONE = (phase, done, total) -> {};

  /**
   * Called from the thread that evaluates, with 0 done when a phase begins.
   *
   * @param phase what is being done, for people
   */
  void progress(String phase, long done, long total);
}
