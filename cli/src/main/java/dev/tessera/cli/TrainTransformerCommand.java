package dev.tessera.cli;

import dev.tessera.transformer.pipeline.TwoStageTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains stage 2 on top of a stage 1. */
@Command(description = "Train stage 2 alone, on top of the stage 1 of a bundle.")
final class TrainTransformerCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final TrainingOptions options = new TrainingOptions();

  @Option(
      names = "--vqvae",
      required = true,
      paramLabel = "BUNDLE",
      description = "A bundle whose stage 1 is used.")
  private Path vqvae = Path.of("");

  TrainTransformerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    TwoStageTraining.Setup setup = options.setup();
    return new Training(session)
        .run(
            setup,
            options.budget(),
            (training, budget, clock) -> training.trainTransformer(vqvae, budget, clock),
            setup.folder().best());
  }
}
