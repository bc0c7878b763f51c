package dev.tessera.cli.audit;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.train.StepReport;
import dev.tessera.transformer.pipeline.Found;
import dev.tessera.transformer.pipeline.RunBudget;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.transformer.pipeline.RunFolder;
import dev.tessera.transformer.pipeline.RunListener;
import dev.tessera.transformer.pipeline.TwoStageTraining;
import dev.tessera.transformer.training.TransformerTraining;
import dev.tessera.vqvae.data.Audit;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.training.VqvaeTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * How long steps of training take on this machine, found out by training for some seconds on the
 * pictures that an audit drew.
 *
 * @param vqvaeSeconds of a step of stage 1
 * @param transformerSeconds of a step of stage 2
 * @param vqvaeBatch pictures in a step of stage 1
 * @param transformerBatch pictures in a step of stage 2
 * @param vqvaeShare of a time budget that stage 1 gets
 * @param trialSeconds that the trial took
 */
public record TrainingTrial(
    double vqvaeSeconds,
    double transformerSeconds,
    int vqvaeBatch,
    int transformerBatch,
    double vqvaeShare,
    double trialSeconds) {
  /** Enough for most of the steps to be warm. */
  public static final double SECONDS = 20;

  private static final double NANOSECONDS = 1e9;

  /** The first steps compile, and are no measure of those that follow. */
  private static final double WARM_UP = 0.5;

  /**
   * Tries a configuration out.
   *
   * @param audit of a source with pictures that can be used, in the configuration's shape
   * @param seconds for everything, about
   * @param stop asked often
   * @throws IOException if files cannot be written
   * @throws CancellationException if asked to stop
   */
  public static TrainingTrial of(
      Audit audit,
      RunConfig config,
      Supplier<Execution> execution,
      double seconds,
      BooleanSupplier stop)
      throws IOException {
    Path folder = Files.createTempDirectory("tessera-trial");
    try {
      return of(audit, config, execution, seconds, stop, folder);
    } finally {
      AtomicFiles.deleteDirectory(folder);
    }
  }

  private static TrainingTrial of(
      Audit audit,
      RunConfig config,
      Supplier<Execution> execution,
      double seconds,
      BooleanSupplier stop,
      Path folder)
      throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (int i = 0; i < audit.sample().size(); i++) {
      Audit.Sample sample = audit.sample().get(i);
      Png.write(pictures.resolve(i + ".png"), sample.picture());
      Files.write(pictures.resolve(i + ".txt"), sample.captions());
    }
    RunConfig once =
        new RunConfig(
            config.vqvae(),
            config.vqvaeTraining(),
            config.text(),
            config.transformer(),
            config.transformerTraining(),
            new RunConfig.Schedule(config.schedule().vqvaeShare(), 1));
    TwoStageTraining.Setup setup =
        new TwoStageTraining.Setup(
            PictureSource.parse(pictures.toString()),
            folder.resolve("cache"),
            new PrepareOptions(0, 0, 1),
            once,
            new RunFolder(folder.resolve("run")),
            0,
            "trial",
            Found.NOTHING,
            execution);
    long start = System.nanoTime();
    Steps steps = new Steps();
    boolean complete =
        new TwoStageTraining(setup, steps, stop)
            .train(new RunBudget.Time(seconds), () -> (System.nanoTime() - start) / NANOSECONDS);
    if (!complete) {
      throw new CancellationException("interrupted");
    }
    return new TrainingTrial(
        steps.median(VqvaeTraining.STAGE),
        steps.median(TransformerTraining.STAGE),
        config.vqvaeTraining().batch(),
        config.transformerTraining().batch(),
        config.schedule().vqvaeShare(),
        (System.nanoTime() - start) / NANOSECONDS);
  }

  /** Passes over so many pictures that stage 1 makes within minutes. */
  public double vqvaePasses(int pictures, double minutes) {
    return passes(pictures, minutes * vqvaeShare, vqvaeSeconds, vqvaeBatch);
  }

  /** Passes over so many pictures that stage 2 makes within minutes. */
  public double transformerPasses(int pictures, double minutes) {
    return passes(pictures, minutes * (1 - vqvaeShare), transformerSeconds, transformerBatch);
  }

  private static double passes(int pictures, double minutes, double secondsPerStep, int batch) {
    return minutes * 60 / secondsPerStep * batch / pictures;
  }

  /**
   * Minutes of training after which stage 2 has made so many steps.
   *
   * @param steps of stage 2
   */
  public double minutesFor(double steps) {
    return steps * transformerSeconds / (1 - vqvaeShare) / 60;
  }

  /** Notes when steps end. */
  private static final class Steps implements RunListener {
    private final Map<String, List<Double>> ends = new HashMap<>();

    @Override
    public void step(StepReport report) {
      ends.computeIfAbsent(report.stage(), stage -> new ArrayList<>()).add(report.seconds());
    }

    /** Seconds of a step; a stage with a single step has only that. */
    double median(String stage) {
      List<Double> all = ends.get(stage);
      if (all == null) {
        throw new IllegalStateException("the trial made no step of the " + stage);
      }
      if (all.size() == 1) {
        return all.get(0);
      }
      double[] durations = new double[all.size() - 1];
      for (int i = 0; i < durations.length; i++) {
        durations[i] = all.get(i + 1) - all.get(i);
      }
      double[] warm =
          Arrays.copyOfRange(durations, (int) (durations.length * WARM_UP), durations.length);
      Arrays.sort(warm);
      return warm[warm.length / 2];
    }
  }
}
