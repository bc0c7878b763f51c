package dev.tessera.cli.progress;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.train.StepReport;
import dev.tessera.transformer.pipeline.RunListener;
import dev.tessera.vqvae.data.PreparedPictures;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Several listeners as one.
 *
 * @param all told of everything, in this order
 */
public record RunListeners(List<RunListener> all) implements RunListener {
  public RunListeners {
    all = List.copyOf(all);
  }

  @Override
  public void progress(Phase phase, int done, int total) {
    all.forEach(each -> each.progress(phase, done, total));
  }

  @Override
  public void prepared(PreparedPictures pictures) {
    all.forEach(each -> each.prepared(pictures));
  }

  @Override
  public void formsReduced(int wanted, int forms) {
    all.forEach(each -> each.formsReduced(wanted, forms));
  }

  @Override
  public void computing(Execution execution) {
    all.forEach(each -> each.computing(execution));
  }

  @Override
  public void stageStarted(String stage, long stepsBefore) {
    all.forEach(each -> each.stageStarted(stage, stepsBefore));
  }

  @Override
  public void finishedBefore() {
    all.forEach(RunListener::finishedBefore);
  }

  @Override
  public void wrote(Path file) {
    all.forEach(each -> each.wrote(file));
  }

  @Override
  public void showed(String stage, long step, Path picture) {
    all.forEach(each -> each.showed(stage, step, picture));
  }

  @Override
  public void step(StepReport report) {
    all.forEach(each -> each.step(report));
  }

  @Override
  public void evaluated(StepReport report, Map<String, Double> measures) {
    all.forEach(each -> each.evaluated(report, measures));
  }

  @Override
  public void saved(StepReport report) {
    all.forEach(each -> each.saved(report));
  }
}
