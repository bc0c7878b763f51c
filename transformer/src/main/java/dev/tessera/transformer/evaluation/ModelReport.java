package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.evaluation.feature.StyleProbe;
import java.util.List;
import java.util.Optional;

/**
 * All that an evaluation found out about a model.
 *
 * @param sections in the order in which they are shown, with different keys
 * @param styles which styles the judge saw in samples of which; absent without styles
 * @param gallery pictures
 */
public record ModelReport(
    List<Section> sections, Optional<StyleProbe.Report> styles, Gallery gallery) {
  public ModelReport {
    sections = List.copyOf(sections);
  }
}
