package dev.tessera.cli.progress;

import dev.tessera.engine.train.StepReport;
import dev.tessera.transformer.pipeline.RunListener;
import dev.tessera.vqvae.data.PreparedPictures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run's {@code log.jsonl}: one JSON object per line, appended when a run goes on. Every object
 * has {@code time} (ISO 8601, UTC) and {@code event}:
 *
 * <pre>
 * prepared    pictures, captioned, heldOut, rejected, duplicates, blank
 * stage       stage, step                                          a stage begins or goes on
 * step        stage, step, plannedSteps, seconds, loss, learningRate, gradientNorm, measures,
 *             meanLoss, secondsPerStep                   over the steps since the line before
 * evaluation  stage, step, plannedSteps, seconds, loss, learningRate, gradientNorm, measures
 * saved       stage, step                                          a checkpoint
 * wrote       file
 * showed      stage, step, file                                a picture of what a stage can do
 * </pre>
 *
 * <p>A run that goes on from a checkpoint repeats the steps after it: the last line of a step
 * counts.
 */
public final class RunLog implements RunListener, AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private @Nullable Writer writer;
  private StepMeans means = new StepMeans();

  /**
   * @param file opened when the pictures are ready, so that a run that fails before leaves none
   */
  public RunLog(Path file) {
    this.file = file;
  }

  @Override
  public void prepared(PreparedPictures pictures) {
    Map<String, Object> line = event("prepared");
    line.put("pictures", pictures.size());
    line.put("captioned", pictures.captioned());
    line.put("heldOut", pictures.heldOut().length);
    line.put("rejected", pictures.rejectedCount());
    line.put("duplicates", pictures.duplicates());
    line.put("blank", pictures.blank());
    write(line);
  }

  @Override
  public void stageStarted(String stage, long stepsBefore) {
    means = new StepMeans();
    write(at("stage", stage, stepsBefore));
  }

  @Override
  public void step(StepReport report) {
    means.add(report);
    if (StepMeans.due(report)) {
      StepMeans.Means taken = means.take();
      Map<String, Object> line = line("step", report, report.measures());
      line.put("meanLoss", taken.loss());
      if (Double.isFinite(taken.secondsPerStep())) {
        line.put("secondsPerStep", taken.secondsPerStep());
      }
      write(line);
    }
  }

  @Override
  public void evaluated(StepReport report, Map<String, Double> measures) {
    means.pause();
    write(line("evaluation", report, measures));
  }

  @Override
  public void saved(StepReport report) {
    write(at("saved", report.stage(), report.step()));
  }

  @Override
  public void wrote(Path written) {
    Map<String, Object> line = event("wrote");
    line.put("file", written.toString());
    write(line);
  }

  @Override
  public void showed(String stage, long step, Path picture) {
    Map<String, Object> line = at("showed", stage, step);
    line.put("file", picture.toString());
    write(line);
  }

  private static Map<String, Object> line(
      String event, StepReport report, Map<String, Double> measures) {
    Map<String, Object> line = at(event, report.stage(), report.step());
    line.put("plannedSteps", report.plannedSteps());
    line.put("seconds", report.seconds());
    line.put("loss", report.loss());
    line.put("learningRate", report.learningRate());
    line.put("gradientNorm", report.gradientNorm());
    line.put("measures", measures);
    return line;
  }

  private static Map<String, Object> at(String event, String stage, long step) {
    Map<String, Object> line = event(event);
    line.put("stage", stage);
    line.put("step", step);
    return line;
  }

  private static Map<String, Object> event(String name) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("event", name);
    return line;
  }

  private void write(Map<String, Object> line) {
    try {
      if (writer == null) {
        endTornLine();
        writer =
            Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
      writer.write(JSON.writeValueAsString(line) + "\n");
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process that was killed may have left half a line, which must not swallow the next one. */
  private void endTornLine() throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return;
    }
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
      log.seek(log.length() - 1);
      if (log.read() != '\n') {
        log.write('\n');
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }
}
