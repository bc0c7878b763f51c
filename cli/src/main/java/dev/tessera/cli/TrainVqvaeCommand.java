package dev.tessera.cli;

import dev.tessera.transformer.pipeline.TwoStageTraining;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains stage 1 alone. */
@Command(description = "Train stage 1 alone: pictures to token grids and back.")
final class TrainVqvaeCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final TrainingOptions options = new TrainingOptions();

  TrainVqvaeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    TwoStageTraining.Setup setup = options.setup();
    return new Training(session)
        .run(setup, options.budget(), TwoStageTraining::trainVqvae, setup.folder().vqvae());
  }
}
