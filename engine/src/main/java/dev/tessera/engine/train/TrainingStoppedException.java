package dev.tessera.engine.train;

/** Going on would be of no use; the message says why, and a checkpoint was saved. */
public final class TrainingStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrainingStoppedException(String reason) {
    super(reason);
  }
}
