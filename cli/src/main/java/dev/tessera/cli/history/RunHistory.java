package dev.tessera.cli.history;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run's {@code log.jsonl} tells of all its sessions. Read on as the log grows; half a line,
 * as a killed process leaves it, is passed over.
 */
public final class RunHistory {
  private static final JsonMapper JSON = new JsonMapper();

  /** What the log counts of the pictures, in the order of the page. */
  public static final List<String> COUNTS =
      List.of("pictures", "captioned", "heldOut", "duplicates", "blank", "rejected");

  private final Path log;
  private final Map<String, StageHistory> stages = new LinkedHashMap<>();
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private long read;

  /**
   * A history that has read nothing yet.
   *
   * @param log may not be there yet
   */
  public RunHistory(Path log) {
    this.log = log;
  }

  /** Reads what was added. */
  public void readOn() throws IOException {
    if (!Files.exists(log)) {
      return;
    }
    String added;
    try (FileChannel file = FileChannel.open(log)) {
      file.position(read);
      byte[] bytes = Channels.newInputStream(file).readNBytes(Math.toIntExact(file.size() - read));
      int whole = bytes.length;
      while (whole > 0 && bytes[whole - 1] != '\n') {
        whole--;
      }
      added = new String(bytes, 0, whole, StandardCharsets.UTF_8);
      read += whole;
    }
    added.lines().forEach(this::take);
  }

  private void take(String text) {
    JsonNode line;
    try {
      line = JSON.readTree(text);
    } catch (JacksonException torn) {
      return;
    }
    switch (line.path("event").asString("")) {
      case "prepared" -> {
        for (String name : COUNTS) {
          if (line.path(name).isNumber()) {
            counts.put(name, line.path(name).asLong());
          }
        }
      }
      case "stage" -> stage(line).goOnFrom(line.path("step").asLong());
      case "step" -> stage(line).addSteps(line);
      case "evaluation" -> stage(line).addMeasures(line);
      case "showed" ->
          stage(line).addPicture(line.path("step").asLong(), Path.of(line.path("file").asString()));
      default -> {
        // Nothing that the page shows.
      }
    }
  }

  private StageHistory stage(JsonNode line) {
    return stages.computeIfAbsent(line.path("stage").asString(""), name -> new StageHistory());
  }

  /** Stages by name, in the order in which they began. */
  public Map<String, StageHistory> stages() {
    return Collections.unmodifiableMap(stages);
  }

  /** How many pictures of which kind there are; empty before they are prepared. */
  public Map<String, Long> counts() {
    return Collections.unmodifiableMap(counts);
  }
}
