package dev.tessera.cli.evaluation;

import dev.tessera.transformer.evaluation.EvaluationSettings;
import dev.tessera.transformer.evaluation.Figure;
import dev.tessera.transformer.evaluation.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The figures of an evaluation for programs, {@code metrics.json}:
 *
 * <pre>
 * {"source": …, "seed": …, "temperature": …, "topK": …, "topP": …, "guidance": …,
 *  "guidanceSchedule": …, "rerank": …,
 *  "models": [{"model": …, "featureSpace": …, "featureSpaceDefinition": …,
 *    "sections": {SECTION: {FIGURE: {"value": …, "unit": …, "definition": …,
 *                                    "low": …, "high": …, "real": …, "chance": …}}},
 *    "styleConfusion": {ASKED: {SEEN: count}}}]}
 * </pre>
 *
 * <p>What is not known is left out. With one seed everything but the section {@code speed} is the
 * same each time.
 */
public final class Metrics {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Metrics() {}

  /** The text of the file. */
  public static String json(String source, EvaluationSettings settings, List<Evaluated> models) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("source", source);
    root.put("seed", settings.seed());
    root.put("temperature", settings.sampling().temperature());
    root.put("topK", settings.sampling().topK());
    root.put("topP", settings.sampling().topP());
    root.put("guidance", settings.sampling().guidance());
    root.put(
        "guidanceSchedule", settings.sampling().guidanceSchedule().name().toLowerCase(Locale.ROOT));
    root.put("rerank", settings.rerank());
    List<Object> list = new ArrayList<>();
    models.forEach(model -> list.add(model(model)));
    root.put("models", list);
    return JSON.writeValueAsString(root) + System.lineSeparator();
  }

  private static Map<String, Object> model(Evaluated model) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", model.name());
    object.put("featureSpace", model.space().name());
    object.put("featureSpaceDefinition", model.space().definition());
    Map<String, Object> sections = new LinkedHashMap<>();
    for (Section section : model.report().sections()) {
      Map<String, Object> figures = new LinkedHashMap<>();
      section.figures().forEach(figure -> figures.put(figure.key(), figure(figure)));
      sections.put(section.key(), figures);
    }
    object.put("sections", sections);
    model.report().styles().ifPresent(report -> object.put("styleConfusion", report.confusion()));
    return object;
  }

  private static Map<String, Object> figure(Figure figure) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("value", figure.value());
    object.put("unit", figure.unit().name().toLowerCase(Locale.ROOT));
    object.put("definition", figure.definition());
    figure
        .interval()
        .ifPresent(
            interval -> {
              object.put("low", interval.low());
              object.put("high", interval.high());
            });
    figure.real().ifPresent(value -> object.put("real", value));
    figure.chance().ifPresent(value -> object.put("chance", value));
    return object;
  }
}
