package dev.tessera.cli.events;

import dev.tessera.cli.progress.StepMeans;
import dev.tessera.engine.train.StepReport;
import dev.tessera.transformer.pipeline.RunListener;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * Writes a run's {@code events/}. Each stage is a run of its own to TensorBoard, with the curves
 * {@code STAGE/loss}, {@code STAGE/learningRate}, {@code STAGE/gradientNorm}, {@code
 * STAGE/secondsPerStep} and one for each of its measures, and the pictures {@code STAGE/shown}. A
 * session that goes on with a run begins a new file, and takes back what an earlier one told of the
 * steps that it does again.
 */
public final class RunEvents implements RunListener, AutoCloseable {
  private static final double MILLISECONDS = 1e3;

  private final Path folder;
  private @Nullable EventFile file;
  private StepMeans means = new StepMeans();

  /** What may fail as files do. */
  @FunctionalInterface
  private interface Writing {
    void to(EventFile file) throws IOException;
  }

  /**
   * @param folder made when a stage begins
   */
  public RunEvents(Path folder) {
    this.folder = folder;
  }

  @Override
  public void stageStarted(String stage, long stepsBefore) {
    means = new StepMeans();
    try {
      close();
      file = EventFile.create(folder.resolve(stage), now());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    write(events -> events.start(now(), stepsBefore + 1));
  }

  @Override
  public void step(StepReport report) {
    means.add(report);
    if (StepMeans.due(report)) {
      StepMeans.Means taken = means.take();
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("loss", taken.loss());
      values.put("learningRate", report.learningRate());
      values.put("gradientNorm", report.gradientNorm());
      if (Double.isFinite(taken.secondsPerStep())) {
        values.put("secondsPerStep", taken.secondsPerStep());
      }
      values.putAll(named(report.measures(), "training/"));
      scalars(report, values);
    }
  }

  @Override
  public void evaluated(StepReport report, Map<String, Double> measures) {
    means.pause();
    scalars(report, measures);
  }

  @Override
  public void showed(String stage, long step, Path picture) {
    write(
        events -> {
          byte[] png = Files.readAllBytes(picture);
          BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
          if (image == null) {
            throw new IOException(picture + " is no picture that can be read");
          }
          events.picture(now(), step, stage + "/shown", image.getHeight(), image.getWidth(), png);
        });
  }

  private void scalars(StepReport report, Map<String, Double> values) {
    Map<String, Double> named = named(values, report.stage() + "/");
    write(events -> events.scalars(now(), report.step(), named));
  }

  private static Map<String, Double> named(Map<String, Double> values, String prefix) {
    Map<String, Double> named = new LinkedHashMap<>();
    values.forEach((name, value) -> named.put(prefix + name, value));
    return named;
  }

  private void write(Writing writing) {
    if (file == null) {
      throw new IllegalStateException("no stage has begun");
    }
    try {
      writing.to(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double now() {
    return System.currentTimeMillis() / MILLISECONDS;
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
