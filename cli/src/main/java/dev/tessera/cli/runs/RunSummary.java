package dev.tessera.cli.runs;

import dev.tessera.cli.history.Curve;
import dev.tessera.cli.history.RunHistory;
import dev.tessera.cli.history.StageHistory;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a run folder's {@code log.jsonl} tells.
 *
 * @param name of the run: its folder below the one that was asked for
 * @param pictures that it was trained and measured on; 0 if unknown
 * @param stages by name, in the order in which they began
 */
public record RunSummary(String name, long pictures, Map<String, Stage> stages) {
  /** The file that makes a folder a run. */
  static final String LOG = "log.jsonl";

  private static final String LOSS = "loss";

  /**
   * A stage of a run.
   *
   * @param step reached
   * @param seconds spent
   * @param curves by name of the measure, the value at each step: the mean training loss, and what
   *     was measured on held-out pictures
   */
  public record Stage(long step, double seconds, Map<String, TreeMap<Long, Double>> curves) {
    /** The newest value of a measure. */
    public OptionalDouble last(String measure) {
      TreeMap<Long, Double> curve = curves.get(measure);
      return curve == null || curve.isEmpty()
          ? OptionalDouble.empty()
          : OptionalDouble.of(curve.lastEntry().getValue());
    }
  }

  /** The newest value of a stage's measure. */
  public OptionalDouble last(String stage, String measure) {
    Stage found = stages.get(stage);
    return found == null ? OptionalDouble.empty() : found.last(measure);
  }

  /**
   * The runs in a folder, or in the folders below it.
   *
   * @return in the order of their names, at least one
   * @throws IOException if there is no run, or one cannot be read
   */
  public static List<RunSummary> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": there is no such folder");
    }
    List<Path> logs;
    try (Stream<Path> below =
        Files.find(folder, 2, (path, facts) -> isLog(path), FileVisitOption.FOLLOW_LINKS)) {
      logs = below.sorted().toList();
    }
    if (logs.isEmpty()) {
      throw new IOException(folder + " holds no run: no folder with a " + LOG);
    }
    List<RunSummary> runs = new ArrayList<>();
    for (Path log : logs) {
      Path run = log.toAbsolutePath().normalize().getParent();
      runs.add(read(String.valueOf(run == null ? log : run.getFileName()), log));
    }
    return runs;
  }

  private static boolean isLog(Path path) {
    return path.endsWith(LOG) && Files.isRegularFile(path);
  }

  private static RunSummary read(String name, Path log) throws IOException {
    RunHistory history = new RunHistory(log);
    history.readOn();
    Map<String, Stage> stages = new LinkedHashMap<>();
    history.stages().forEach((stage, told) -> stages.put(stage, stage(told)));
    return new RunSummary(name, history.counts().getOrDefault("pictures", 0L), stages);
  }

  private static Stage stage(StageHistory told) {
    Map<String, TreeMap<Long, Double>> curves = new LinkedHashMap<>();
    List<Curve.Point> losses = told.steps().get(LOSS);
    if (losses != null) {
      curves.put(LOSS, byStep(losses));
    }
    told.measured().forEach((measure, points) -> curves.put(measure, byStep(points)));
    return new Stage(told.step(), told.seconds(), curves);
  }

  private static TreeMap<Long, Double> byStep(List<Curve.Point> points) {
    TreeMap<Long, Double> values = new TreeMap<>();
    points.forEach(point -> values.put(point.step(), point.value()));
    return values;
  }
}
