package dev.tessera.engine.train;

/** The loss is no longer a number; the last checkpoint is from before. */
public final class TrainingDivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrainingDivergedException(String stage, long step, double loss) {
    super(
        String.format(
            "training of the %s diverged: the loss is %s at step %d;"
                + " resume from the last checkpoint with a lower learning rate",
            stage, loss, step));
  }
}
