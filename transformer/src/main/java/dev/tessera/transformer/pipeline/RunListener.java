package dev.tessera.transformer.pipeline;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.vqvae.data.PreparedPictures;
import java.nio.file.Path;

/** Follows a run through its phases. Called on the thread that trains. */
public interface RunListener extends TrainingListener {
  /** What a run does besides training. */
  enum Phase {
    PREPARING_PICTURES,
    TOKENISING_PICTURES
  }

  /** Some of a phase is done. */
  default void progress(Phase phase, int done, int total) {}

  /** The pictures are ready. */
  default void prepared(PreparedPictures pictures) {}

  /** Time is short: pictures are tokenised in fewer forms than the configuration says. */
  default void formsReduced(int wanted, int forms) {}

  /** It was chosen how to compute, for there is something to compute. */
  default void computing(Execution execution) {}

  /** A stage begins, or goes on after {@code stepsBefore} steps. */
  default void stageStarted(String stage, long stepsBefore) {}

  /** The run came to its end in an earlier session: nothing is done. */
  default void finishedBefore() {}

  /** A file was written that a person may want to see. */
  default void wrote(Path file) {}

  /**
   * A picture was written that shows what the model can do by now.
   *
   * @param step of the stage that is at work
   * @param picture a PNG file
   */
  default void showed(String stage, long step, Path picture) {}
}
