package dev.tessera.cli.progress;

import dev.tessera.engine.train.StepReport;
import dev.tessera.transformer.pipeline.RunListener;
import dev.tessera.vqvae.data.PreparedPictures;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** One line for each phase and each evaluation, for files and pipes. */
public final class RunLines implements RunListener {
  /** What is said of a run that came to its end before. */
  static final String FINISHED_BEFORE =
      "the run is finished: only a larger budget would leave something to do";

  private final Consumer<String> print;
  private final Set<Phase> announced = EnumSet.noneOf(Phase.class);

  /**
   * @param print takes each line
   */
  public RunLines(Consumer<String> print) {
    this.print = print;
  }

  @Override
  public void progress(Phase phase, int done, int total) {
    if (announced.add(phase)) {
      String count = total < 0 ? "" : String.format(Locale.ROOT, ": %,d", total);
      print.accept(Wording.of(phase) + count);
    }
  }

  @Override
  public void prepared(PreparedPictures pictures) {
    print.accept(summary(pictures));
  }

  @Override
  public void formsReduced(int wanted, int forms) {
    print.accept(reduced(wanted, forms));
  }

  /** That time is short, in one line. */
  static String reduced(int wanted, int forms) {
    return String.format(
        Locale.ROOT,
        "each picture is tokenised in %d of %d forms: there is no time for more",
        forms,
        wanted);
  }

  /** What a run has to learn from, in one line. */
  static String summary(PreparedPictures pictures) {
    return String.format(
        Locale.ROOT,
        "%,d pictures, %,d with captions, %,d held out; left out: %,d duplicates, %,d blank, %,d"
            + " unusable",
        pictures.size(),
        pictures.captioned(),
        pictures.heldOut().length,
        pictures.duplicates(),
        pictures.blank(),
        pictures.rejectedCount());
  }

  @Override
  public void stageStarted(String stage, long stepsBefore) {
    print.accept(
        stepsBefore == 0
            ? "training the " + stage
            : "training the " + stage + " on from step " + stepsBefore);
  }

  @Override
  public void finishedBefore() {
    print.accept(FINISHED_BEFORE);
  }

  @Override
  public void evaluated(StepReport report, Map<String, Double> measures) {
    print.accept(
        String.format(
            Locale.ROOT,
            "%s step %,d (%.0f %%, %.0f s): loss %.4f, %s",
            report.stage(),
            report.step(),
            report.progress() * 100,
            report.seconds(),
            report.loss(),
            Wording.of(measures)));
  }
}
