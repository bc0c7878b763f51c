package dev.tessera.cli.report;

import dev.tessera.cli.history.RunHistory;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.train.StepReport;
import dev.tessera.transformer.pipeline.RunFolder;
import dev.tessera.transformer.pipeline.RunListener;
import dev.tessera.vqvae.data.PreparedPictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@code report.html} up to date while a run goes on. The page tells what the run's log and
 * pictures say, so this listener comes after those that write them. Writing takes a fiftieth of the
 * time at most, but for the last one, when the run ends or stops.
 */
public final class RunReport implements RunListener, AutoCloseable {
  /** How long after writing the next one comes, in times that it took. */
  private static final long PAUSE = 50;

  private static final long SHORTEST_PAUSE = 5_000_000_000L;

  /**
   * What a run's log does not tell.
   *
   * @param source of the pictures
   * @param seed of everything drawn
   * @param budget in words
   * @param config as YAML
   * @param batches pictures of a step by stage
   * @param codes in the codebook, K
   */
  public record Facts(
      String source,
      long seed,
      String budget,
      String config,
      Map<String, Integer> batches,
      int codes) {}

  private final RunFolder folder;
  private final Facts facts;
  private final LongSupplier nanoseconds;
  private final RunHistory history;
  private String notice = "";
  private @Nullable RunPage page;
  private RunPage.State last = RunPage.State.STOPPED;
  private long next;

  /**
   * @param facts what the log does not tell
   * @param nanoseconds a clock
   */
  public RunReport(RunFolder folder, Facts facts, LongSupplier nanoseconds) {
    this.folder = folder;
    this.facts = facts;
    this.nanoseconds = nanoseconds;
    this.history = new RunHistory(folder.log());
  }

  @Override
  public void prepared(PreparedPictures pictures) {
    notice = pictures.notice();
  }

  /** Only now: a session that cannot go on with a run, or need not, leaves its page as it is. */
  @Override
  public void stageStarted(String stage, long stepsBefore) {
    page = new RunPage(folder, facts, notice);
    write(RunPage.State.RUNNING);
  }

  @Override
  public void step(StepReport report) {
    writeIfDue();
  }

  @Override
  public void evaluated(StepReport report, Map<String, Double> measures) {
    writeIfDue();
  }

  @Override
  public void showed(String stage, long step, Path picture) {
    writeIfDue();
  }

  private void writeIfDue() {
    if (nanoseconds.getAsLong() - next >= 0) {
      write(RunPage.State.RUNNING);
    }
  }

  private void write(RunPage.State state) {
    if (page == null) {
      return;
    }
    long start = nanoseconds.getAsLong();
    try {
      history.readOn();
      byte[] html = page.html(history, state).getBytes(StandardCharsets.UTF_8);
      AtomicFiles.write(folder.report(), out -> out.write(html));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long end = nanoseconds.getAsLong();
    next = end + Math.max(SHORTEST_PAUSE, PAUSE * (end - start));
  }

  /** The run came to its end: the page says so when it is written for the last time. */
  public void finished() {
    last = RunPage.State.FINISHED;
  }

  /** Writes the page for the last time, if there is one. */
  @Override
  public void close() {
    write(last);
  }
}
