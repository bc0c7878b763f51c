package dev.tessera.cli.history;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What one stage of a run did so far, as its log tells. */
public final class StageHistory {
  private final Map<String, List<Curve.Point>> steps = new LinkedHashMap<>();
  private final Map<String, List<Curve.Point>> measured = new LinkedHashMap<>();
  private final List<Shown> pictures = new ArrayList<>();
  private long step;
  private long plannedSteps;
  private double seconds;

  /** A picture of what the stage could do after a step. */
  public record Shown(long step, Path file) {}

  /** Forgets what comes after a step: the stage goes on from there. */
  void goOnFrom(long from) {
    for (Map<String, List<Curve.Point>> curves : List.of(steps, measured)) {
      curves.values().forEach(points -> points.removeIf(point -> point.step() > from));
      curves.values().removeIf(List::isEmpty);
    }
    pictures.removeIf(shown -> shown.step() > from);
    step = from;
  }

  /** Takes a line about steps in. */
  void addSteps(JsonNode line) {
    add(steps, line, "loss", line.path("meanLoss"));
    for (String name : List.of("learningRate", "gradientNorm", "secondsPerStep")) {
      add(steps, line, name, line.path(name));
    }
    line.path("measures").forEachEntry((name, value) -> add(steps, line, name, value));
    follow(line);
  }

  /** Takes a line about measures on held-out data in. */
  void addMeasures(JsonNode line) {
    line.path("measures").forEachEntry((name, value) -> add(measured, line, name, value));
    follow(line);
  }

  /** Takes a picture in; of the same step only the newest stays. */
  public void addPicture(long at, Path file) {
    pictures.removeIf(shown -> shown.step() == at);
    pictures.add(new Shown(at, file));
  }

  private void follow(JsonNode line) {
    step = line.path("step").asLong(step);
    plannedSteps = line.path("plannedSteps").asLong(plannedSteps);
    seconds = line.path("seconds").asDouble(seconds);
  }

  private static void add(
      Map<String, List<Curve.Point>> curves, JsonNode line, String name, JsonNode value) {
    // What is not finite is logged as text.
    if (value.isNumber()) {
      curves
          .computeIfAbsent(name, key -> new ArrayList<>())
          .add(new Curve.Point(line.path("step").asLong(), value.asDouble()));
    }
  }

  /** What was noted every few steps, by name. */
  public Map<String, List<Curve.Point>> steps() {
    return Collections.unmodifiableMap(steps);
  }

  /** What was measured now and then, by name. */
  public Map<String, List<Curve.Point>> measured() {
    return Collections.unmodifiableMap(measured);
  }

  /** Pictures of what the stage could do, in the order of their steps. */
  public List<Shown> pictures() {
    return Collections.unmodifiableList(pictures);
  }

  /** Steps done, as far as logged. */
  public long step() {
    return step;
  }

  /** Steps at the end, as far as could be told; 0 before the first. */
  public long plannedSteps() {
    return plannedSteps;
  }

  /** Seconds spent, over all sessions. */
  public double seconds() {
    return seconds;
  }

  /** The newest value noted or measured under a name. */
  public Optional<Double> newest(String name) {
    List<Curve.Point> points = measured.getOrDefault(name, steps.getOrDefault(name, List.of()));
    return points.isEmpty() ? Optional.empty() : Optional.of(points.get(points.size() - 1).value());
  }
}
