package dev.tessera.cli;

import dev.tessera.transformer.pipeline.TwoStageTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains stage 2 on top of a stage 1. */
@Command(description = "Train stage 2 alone, on top of the stage 1 of a bundle.")
final class TrainTransformerCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final TrainingOptions options = new TrainingOptions();

  @Option(names = "--vqvae", paramLabel = "BUNDLE", description = "A bundle whose stage 1 is used.")
  private @Nullable Path vqvae;

  @Option(
      names = "--from",
      paramLabel = "BUNDLE",
      description =
          "A bundle to go on from, of the same shape: its stage 1 and its tokenizer are used, and"
              + " stage 2 begins with its weights, at the learning rate of a new run.")
  private @Nullable Path start;

  @Option(
      names = "--tokens",
      paramLabel = "FOLDER",
      description =
          "The tokens/ of another run with the same pictures, the same stage 1 and the same forms"
              + " of each, read where they are.")
  private @Nullable Path tokens;

  TrainTransformerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if ((vqvae == null) == (start == null)) {
      throw new UsageException("one of --vqvae and --from must be given");
    }
    Path stage1 = vqvae != null ? vqvae : start;
    TwoStageTraining.Setup setup = options.setup(tokens, start);
    return new Training(session)
        .run(
            setup,
            options.budget(),
            (training, budget, clock) -> training.trainTransformer(stage1, budget, clock),
            setup.folder().best());
  }
}
