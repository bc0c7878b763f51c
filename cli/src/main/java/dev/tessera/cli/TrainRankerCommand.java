package dev.tessera.cli;

import dev.tessera.cli.progress.RunBars;
import dev.tessera.cli.progress.RunLines;
import dev.tessera.cli.progress.RunListeners;
import dev.tessera.engine.graph.Execution;
import dev.tessera.proto.Manifest;
import dev.tessera.proto.Provenance;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.pipeline.RankerRun;
import dev.tessera.transformer.pipeline.RunBudget;
import dev.tessera.transformer.pipeline.RunListener;
import dev.tessera.transformer.ranker.RankerTrainingConfig;
import dev.tessera.vqvae.data.PreparedPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Adds a ranker to a model. */
@Command(
    description = {
      "Train a ranker on the pictures and captions of a model, and write the model with it: a small"
          + " contrastive model (CLIP) that says how well a picture fits a text. sample --rerank R"
          + " chooses by it, too.",
      "Where captions are made of parts that come back, as \"ghost, noto style\" is, it also learns"
          + " to name them, which sample and caption --rerank R make use of; that takes minutes"
          + " more.",
      "Ctrl-C saves a checkpoint beside --out; --resume goes on from it."
    })
final class TrainRankerCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final MeasureOptions trainedOn = new MeasureOptions();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "BUNDLE",
      description = "The model, NAME.tessera.")
  private Path model = Path.of("");

  @Mixin private final BundleOutOption target = new BundleOutOption();

  @ArgGroup private @Nullable BudgetOptions budget;

  @Mixin private ExecutionOptions execution = new ExecutionOptions();

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Of everything drawn (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--resume", description = "Go on from the checkpoint beside --out.")
  private boolean resume;

  TrainRankerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    BudgetOptions asked = budget != null ? budget : new BudgetOptions();
    RunBudget limit = UsageException.check(asked::budget);
    RankerRun.Setup setup = setup();
    requireCheckpoint(setup);
    Manifest manifest = Bundle.readManifest(model);
    try (RunBars bars = new RunBars(session.err())) {
      RunListener shown = session.showsBars() ? bars : new RunLines(session::note);
      RunListener listener =
          new RunListeners(List.of(new Housekeeping(manifest.getProvenance()), shown));
      RankerRun run = new RankerRun(setup, listener, session.interruption()::isRequested);
      if (run.train(limit, Training::secondsSinceStart)) {
        session.out().println(setup.out());
        return ExitCode.DONE;
      }
    }
    session.err().println("tessera: interrupted; go on with --resume --out " + setup.out());
    return ExitCode.INTERRUPTED;
  }

  private RankerRun.Setup setup() {
    return new RankerRun.Setup(
        trainedOn.source(),
        trainedOn.cache(),
        trainedOn.prepare(),
        model,
        target.file(),
        RankerTrainingConfig.DEFAULT,
        seed,
        execution.execution());
  }

  private void requireCheckpoint(RankerRun.Setup setup) {
    boolean begun = Files.exists(setup.checkpoints());
    if (begun && !resume) {
      throw new UsageException(
          setup.checkpoints()
              + " holds a training that was interrupted: go on with it by --resume, remove it, or"
              + " choose another --out");
    }
    if (resume && !begun) {
      throw new UsageException(
          "there is no " + setup.checkpoints() + ", so there is nothing to be resumed");
    }
  }

  /** Says how it is computed, and leaves phases that have nothing to save. */
  private final class Housekeeping implements RunListener {
    private final Provenance provenance;

    Housekeeping(Provenance provenance) {
      this.provenance = provenance;
    }

    @Override
    public void progress(Phase phase, int done, int total) {
      session.leaveIfInterrupted();
    }

    @Override
    public void computing(Execution chosen) {
      session.note(ExecutionOptions.reason(chosen));
    }

    @Override
    public void prepared(PreparedPictures pictures) {
      session.interruption().savesFirst();
      byte[] known = provenance.getDataSha256().toByteArray();
      if (known.length > 0 && !Arrays.equals(known, pictures.digest())) {
        session.note(
            "tessera: these are not the pictures that the model was trained on: "
                + provenance.getDataSource());
      }
    }
  }
}
