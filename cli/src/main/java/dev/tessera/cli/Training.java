package dev.tessera.cli;

import dev.tessera.cli.config.ConfigFile;
import dev.tessera.cli.events.RunEvents;
import dev.tessera.cli.progress.RunBars;
import dev.tessera.cli.progress.RunLines;
import dev.tessera.cli.progress.RunListeners;
import dev.tessera.cli.progress.RunLog;
import dev.tessera.cli.report.RunReport;
import dev.tessera.engine.graph.Execution;
import dev.tessera.transformer.pipeline.RunBudget;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.transformer.pipeline.RunListener;
import dev.tessera.transformer.pipeline.TwoStageTraining;
import dev.tessera.transformer.training.TransformerTraining;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.training.VqvaeTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A training as the commands run it: followed, logged, interruptible. */
final class Training {
  /** One of the library's ways to train. */
  @FunctionalInterface
  interface Stages {
    /** Trains; returns whether the run is complete. */
    boolean train(TwoStageTraining training, RunBudget budget, RunBudget.Clock clock)
        throws IOException;
  }

  private final Session session;

  Training(Session session) {
    this.session = session;
  }

  /**
   * Trains until the budget is spent or somebody interrupts.
   *
   * @param model the file that the run makes, for people to know
   * @return the exit code
   */
  int run(TwoStageTraining.Setup setup, RunBudget budget, Stages stages, Path model)
      throws IOException {
    return train(setup, budget, stages) ? done(model) : interrupted(setup);
  }

  private boolean train(TwoStageTraining.Setup setup, RunBudget budget, Stages stages)
      throws IOException {
    try (RunLog log = new RunLog(setup.folder().log());
        RunEvents events = new RunEvents(setup.folder().events());
        RunReport report = new RunReport(setup.folder(), facts(setup, budget), System::nanoTime);
        RunBars bars = new RunBars(session.err())) {
      List<RunListener> listeners = new ArrayList<>();
      listeners.add(new Housekeeping(setup));
      listeners.add(log);
      listeners.add(events);
      listeners.add(report);
      listeners.add(session.showsBars() ? bars : new RunLines(session::note));
      TwoStageTraining training =
          new TwoStageTraining(
              setup, new RunListeners(listeners), session.interruption()::isRequested);
      boolean complete = stages.train(training, budget, Training::secondsSinceStart);
      if (complete) {
        report.finished();
      }
      return complete;
    }
  }

  private static RunReport.Facts facts(TwoStageTraining.Setup setup, RunBudget budget) {
    RunConfig config = setup.config();
    return new RunReport.Facts(
        setup.source().spec(),
        setup.seed(),
        budget.spec(),
        ConfigFile.format(config),
        Map.of(
            VqvaeTraining.STAGE,
            config.vqvaeTraining().batch(),
            TransformerTraining.STAGE,
            config.transformerTraining().batch()),
        config.vqvae().quantiser().codebookSize());
  }

  /** Since the virtual machine started: its own start is part of the user's minutes. */
  static double secondsSinceStart() {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return (System.currentTimeMillis() - start) / 1000.0;
  }

  private int done(Path model) {
    session.out().println(model);
    return ExitCode.DONE;
  }

  private int interrupted(TwoStageTraining.Setup setup) {
    Path folder = setup.folder().path();
    session.err().println("tessera: interrupted; go on with --resume --out " + folder);
    return ExitCode.INTERRUPTED;
  }

  /** Keeps the configuration with the run, and leaves phases that have nothing to save. */
  private final class Housekeeping implements RunListener {
    private final TwoStageTraining.Setup setup;

    Housekeeping(TwoStageTraining.Setup setup) {
      this.setup = setup;
    }

    @Override
    public void progress(Phase phase, int done, int total) {
      if (phase == Phase.PREPARING_PICTURES) {
        session.leaveIfInterrupted();
      }
    }

    @Override
    public void computing(Execution execution) {
      session.note(ExecutionOptions.reason(execution));
    }

    /** Only now, so that a source that cannot be used does not leave the folder in use. */
    @Override
    public void prepared(PreparedPictures pictures) {
      session.interruption().savesFirst();
      try {
        if (!Files.exists(setup.folder().config())) {
          ConfigFile.write(setup.config(), setup.folder().config());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
