package dev.tessera.cli;

import dev.tessera.cli.progress.Bars;
import dev.tessera.transformer.evaluation.EvaluationListener;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/** Shows how the evaluation of a model is going, and leaves it when interrupted. */
final class EvaluationBars implements EvaluationListener, AutoCloseable {
  private final Session session;
  private String phase = "";
  private @Nullable ProgressBar bar;

  /**
   * @param model its name
   */
  EvaluationBars(Session session, String model) {
    this.session = session;
    session.note(model);
  }

  @Override
  public void progress(String current, long done, long total) {
    session.leaveIfInterrupted();
    if (!current.equals(phase)) {
      close();
      phase = current;
      if (session.showsBars()) {
        bar = Bars.start(current, "steps", 0, total, session.err());
      } else {
        session.note("  " + current);
      }
    }
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  /** Leaves the last bar as it is. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
