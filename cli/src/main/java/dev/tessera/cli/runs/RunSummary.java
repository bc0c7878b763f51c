package dev.tessera.cli.runs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
  private static final JsonMapper JSON = new JsonMapper();

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
    long pictures = 0;
    Map<String, Stage> stages = new LinkedHashMap<>();
    try (Stream<String> lines = Files.lines(log, StandardCharsets.UTF_8)) {
      for (String text : (Iterable<String>) lines::iterator) {
        JsonNode line;
        try {
          line = JSON.readTree(text);
        } catch (JacksonException torn) {
          // Half a line, as a killed process leaves it.
          continue;
        }
        switch (line.path("event").asString("")) {
          case "prepared" -> pictures = line.path("pictures").asLong(0);
          case "stage" -> begin(stages, line);
          case "step", "evaluation" -> follow(stages, line);
          default -> {
            // Files and checkpoints tell nothing of how good a run is.
          }
        }
      }
    }
    return new RunSummary(name, pictures, stages);
  }

  /** A session that goes on from a checkpoint does the steps after it again. */
  private static void begin(Map<String, Stage> stages, JsonNode line) {
    long from = line.path("step").asLong(0);
    Stage stage = stage(stages, line);
    stage.curves().values().forEach(curve -> curve.tailMap(from, false).clear());
    stages.put(line.path("stage").asString(""), new Stage(from, stage.seconds(), stage.curves()));
  }

  private static void follow(Map<String, Stage> stages, JsonNode line) {
    long step = line.path("step").asLong(0);
    Stage stage = stage(stages, line);
    if (line.path("event").asString("").equals("evaluation")) {
      line.path("measures").forEachEntry((name, value) -> add(stage, name, step, value));
    } else {
      add(stage, LOSS, step, line.path("meanLoss"));
    }
    stages.put(
        line.path("stage").asString(""),
        new Stage(step, line.path("seconds").asDouble(stage.seconds()), stage.curves()));
  }

  private static Stage stage(Map<String, Stage> stages, JsonNode line) {
    return stages.computeIfAbsent(
        line.path("stage").asString(""), name -> new Stage(0, 0, new LinkedHashMap<>()));
  }

  private static void add(Stage stage, String name, long step, JsonNode value) {
    // What is not finite is logged as text.
    if (value.isNumber()) {
      stage.curves().computeIfAbsent(name, key -> new TreeMap<>()).put(step, value.asDouble());
    }
  }
}
