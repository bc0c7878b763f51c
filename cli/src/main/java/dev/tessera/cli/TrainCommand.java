package dev.tessera.cli;

import dev.tessera.transformer.pipeline.TwoStageTraining;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains both stages. */
@Command(
    description = {
      "Train both stages on pictures and captions; prints the path of the model.",
      "Ctrl-C saves a checkpoint; --resume goes on from the last one."
    })
final class TrainCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final TrainingOptions options = new TrainingOptions();

  TrainCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    TwoStageTraining.Setup setup = options.setup();
    return new Training(session)
        .run(setup, options.budget(), TwoStageTraining::train, setup.folder().best());
  }
}
