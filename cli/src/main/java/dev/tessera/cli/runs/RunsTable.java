package dev.tessera.cli.runs;

import dev.tessera.transformer.training.TransformerTraining;
import dev.tessera.vqvae.training.VqvaeTraining;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** The newest figures of runs, a line each; what a run does not know is a dash. */
public final class RunsTable {
  private static final double MINUTE = 60;
  private static final int GAP = 2;

  /**
   * A column.
   *
   * @param name above it
   * @param definition in a sentence
   * @param digits after the point
   */
  record Column(
      String name, String definition, int digits, Function<RunSummary, OptionalDouble> value) {
    String text(RunSummary run) {
      OptionalDouble known = value.apply(run);
      return known.isPresent()
          ? String.format(Locale.ROOT, "%,." + digits + "f", known.getAsDouble())
          : "-";
    }
  }

  static final List<Column> COLUMNS =
      List.of(
          new Column(
              "pictures",
              "Pictures that the run has, held-out ones included.",
              0,
              run ->
                  run.pictures() == 0
                      ? OptionalDouble.empty()
                      : OptionalDouble.of((double) run.pictures())),
          new Column("steps 1", "Steps of stage 1 so far.", 0, steps(VqvaeTraining.STAGE)),
          measure(
              "PSNR", VqvaeTraining.STAGE, "heldOutPsnr", "PSNR of held-out pictures in dB.", 2),
          measure("SSIM", VqvaeTraining.STAGE, "ssim", "SSIM of held-out pictures.", 4),
          measure(
              "perplexity",
              VqvaeTraining.STAGE,
              "perplexity",
              "Perplexity of the codes of held-out pictures.",
              0),
          new Column("steps 2", "Steps of stage 2 so far.", 0, steps(TransformerTraining.STAGE)),
          measure(
              "image bits",
              TransformerTraining.STAGE,
              "heldOutImageBits",
              "Bits per image token of held-out pictures, given the caption.",
              3),
          measure(
              "text bits",
              TransformerTraining.STAGE,
              "heldOutTextBits",
              "Bits per text token of held-out captions, given the picture.",
              3),
          new Column(
              "minutes",
              "Time spent in both stages, over all sessions.",
              1,
              run ->
                  OptionalDouble.of(
                      run.stages().values().stream().mapToDouble(RunSummary.Stage::seconds).sum()
                          / MINUTE)));

  private RunsTable() {}

  private static Column measure(
      String name, String stage, String measure, String definition, int digits) {
    return new Column(name, definition + " The newest.", digits, run -> run.last(stage, measure));
  }

  private static Function<RunSummary, OptionalDouble> steps(String stage) {
    return run -> {
      RunSummary.Stage found = run.stages().get(stage);
      return found == null ? OptionalDouble.empty() : OptionalDouble.of((double) found.step());
    };
  }

  /** For people. */
  public static String text(List<RunSummary> runs) {
    List<List<String>> lines = new ArrayList<>();
    List<String> names = new ArrayList<>(List.of("run"));
    COLUMNS.forEach(column -> names.add(column.name()));
    lines.add(names);
    for (RunSummary run : runs) {
      List<String> line = new ArrayList<>(List.of(run.name()));
      COLUMNS.forEach(column -> line.add(column.text(run)));
      lines.add(line);
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        int column = i;
        int width = lines.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        String space = " ".repeat(width - line.get(i).length());
        text.append(i == 0 ? line.get(i) + space : " ".repeat(GAP) + space + line.get(i));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  /**
   * For programs, one object: {@code {"RUN": {"pictures": …, "stages": {"STAGE": {"step": …,
   * "seconds": …, "MEASURE": newest value, …}}}}}.
   */
  public static String json(List<RunSummary> runs) {
    Map<String, Object> root = new LinkedHashMap<>();
    for (RunSummary run : runs) {
      Map<String, Object> stages = new LinkedHashMap<>();
      run.stages()
          .forEach(
              (name, stage) -> {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("step", stage.step());
                object.put("seconds", stage.seconds());
                stage
                    .curves()
                    .keySet()
                    .forEach(
                        measure ->
                            stage.last(measure).ifPresent(value -> object.put(measure, value)));
                stages.put(name, object);
              });
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("pictures", run.pictures());
      object.put("stages", stages);
      root.put(run.name(), object);
    }
    return new JsonMapper().writeValueAsString(root) + System.lineSeparator();
  }
}
