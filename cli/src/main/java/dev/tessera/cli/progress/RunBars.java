package dev.tessera.cli.progress;

import dev.tessera.engine.train.StepReport;
import dev.tessera.transformer.pipeline.RunListener;
import dev.tessera.vqvae.data.PreparedPictures;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** One moving bar for what is being done, with rate, measures and time left, for screens. */
public final class RunBars implements RunListener, AutoCloseable {
  private final PrintStream screen;
  private @Nullable ProgressBar bar;
  private @Nullable Phase phase;
  private String evaluation = "";

  /**
   * @param screen to draw on
   */
  public RunBars(PrintStream screen) {
    this.screen = screen;
  }

  @Override
  public void progress(Phase current, int done, int total) {
    if (phase != current) {
      replace(Wording.of(current), "pictures", 0, total);
      phase = current;
    }
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  @Override
  public void prepared(PreparedPictures pictures) {
    close();
    screen.println(RunLines.summary(pictures));
  }

  @Override
  public void formsReduced(int wanted, int forms) {
    close();
    screen.println(RunLines.reduced(wanted, forms));
  }

  @Override
  public void stageStarted(String stage, long stepsBefore) {
    evaluation = "";
    replace(stage, "steps", stepsBefore, stepsBefore);
  }

  @Override
  public void step(StepReport report) {
    if (bar != null) {
      bar.maxHint(report.plannedSteps());
      bar.stepTo(report.step());
      String measures = evaluation.isEmpty() ? Wording.of(report.measures()) : evaluation;
      bar.setExtraMessage(
          String.format(Locale.ROOT, " loss %.3f %s", report.loss(), measures).stripTrailing());
    }
  }

  @Override
  public void evaluated(StepReport report, Map<String, Double> measures) {
    evaluation = Wording.of(measures);
  }

  @Override
  public void finishedBefore() {
    close();
    screen.println(RunLines.FINISHED_BEFORE);
  }

  private void replace(String name, String unit, long from, long total) {
    close();
    bar = Bars.start(name, unit, from, total, screen);
  }

  /** Leaves the last bar as it is. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
    phase = null;
  }
}
