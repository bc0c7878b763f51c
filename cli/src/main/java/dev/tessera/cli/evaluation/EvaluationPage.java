package dev.tessera.cli.evaluation;

import dev.tessera.cli.page.HtmlPage;
import dev.tessera.transformer.evaluation.EvaluationSettings;
import dev.tessera.transformer.evaluation.Figure;
import dev.tessera.transformer.evaluation.Gallery;
import dev.tessera.transformer.evaluation.Section;
import dev.tessera.transformer.evaluation.feature.StyleProbe;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The report of an evaluation as a page: several models side by side, every figure with its
 * definition, pictures inline.
 */
public final class EvaluationPage {
  private static final double PERCENT = 100;
  private static final double MEGABYTE = 1e6;

  private final String source;
  private final EvaluationSettings settings;
  private final List<Evaluated> models;

  /**
   * @param models of one source, at least one
   */
  public EvaluationPage(String source, EvaluationSettings settings, List<Evaluated> models) {
    this.source = source;
    this.settings = settings;
    this.models = List.copyOf(models);
  }

  /** The text of the file. */
  public String html() throws IOException {
    String about =
        format(
            "%s · seed %d · temperature %s, top-k %s, top-p %s, guidance %s",
            source,
            settings.seed(),
            plain(settings.sampling().temperature()),
            settings.sampling().topK() == 0 ? "all" : settings.sampling().topK(),
            plain(settings.sampling().topP()),
            plain(settings.sampling().guidance()));
    HtmlPage page =
        new HtmlPage(
            models.size() == 1 ? "Evaluation of " + label(models.get(0)) : "Evaluation of models",
            about,
            HtmlPage.resource(EvaluationPage.class, "evaluation.css"));
    samples(page);
    Map<String, String> titles = new LinkedHashMap<>();
    for (Evaluated model : models) {
      model.report().sections().forEach(section -> titles.put(section.key(), section.title()));
    }
    for (Map.Entry<String, String> title : titles.entrySet()) {
      page.add("<section>\n").element("h2", "", title.getValue());
      figures(page, title.getKey());
      pictures(page, title.getKey());
      page.add("</section>\n");
    }
    judge(page);
    return page.finish();
  }

  private void figures(HtmlPage page, String section) {
    Map<String, Figure> rows = new LinkedHashMap<>();
    for (Evaluated model : models) {
      of(model, section).values().forEach(figure -> rows.putIfAbsent(figure.key(), figure));
    }
    page.add(models.size() > 1 ? "<div class=\"figures many\">\n" : "<div class=\"figures\">\n");
    for (Figure row : rows.values()) {
      page.add("<div class=\"row\">\n<div>").element("b", "", row.title());
      page.element("p", "", row.definition()).add("</div>\n<dl class=\"values\">\n");
      for (Evaluated model : models) {
        Figure figure = of(model, section).get(row.key());
        page.add("<div>");
        if (models.size() > 1) {
          page.element("dt", "", label(model));
        }
        page.element("dd", "", figure == null ? "–" : value(figure.unit(), figure.value()));
        if (figure != null) {
          beside(page, figure);
        }
        page.add("</div>\n");
      }
      page.add("</dl>\n</div>\n");
    }
    page.add("</div>\n");
  }

  /** A model's name without the folders that all models share. */
  private String label(Evaluated model) {
    String name = model.name();
    int shared = 0;
    for (int end = name.indexOf('/') + 1; end > 0; end = name.indexOf('/', end) + 1) {
      String prefix = name.substring(0, end);
      if (models.stream().allMatch(other -> other.name().startsWith(prefix))) {
        shared = end;
      }
    }
    return name.substring(shared);
  }

  private static Map<String, Figure> of(Evaluated model, String section) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (Section candidate : model.report().sections()) {
      if (candidate.key().equals(section)) {
        candidate.figures().forEach(figure -> figures.put(figure.key(), figure));
      }
    }
    return figures;
  }

  private static void beside(HtmlPage page, Figure figure) {
    Figure.Unit unit = figure.unit();
    figure
        .interval()
        .ifPresent(
            interval ->
                note(
                    page,
                    "95%: " + value(unit, interval.low()) + " to " + value(unit, interval.high())));
    figure.real().ifPresent(real -> note(page, "real pictures: " + value(unit, real)));
    figure.chance().ifPresent(chance -> note(page, "chance: " + value(unit, chance)));
  }

  private static void note(HtmlPage page, String text) {
    page.element("dd", "class=\"beside\"", text);
  }

  private void pictures(HtmlPage page, String section) throws IOException {
    for (Evaluated model : models) {
      Gallery gallery = model.report().gallery();
      switch (section) {
        case "reconstruction" -> reconstructions(page, model, gallery.reconstructions());
        case "captions" -> captions(page, model, gallery.captions());
        case "composition" -> confusion(page, model);
        case "memorisation" -> {
          copies(page, heading(model, "Samples nearest to training pictures"), gallery.copies());
          copies(
              page,
              heading(model, "Real held-out pictures nearest to training pictures"),
              gallery.realCopies());
        }
        default -> {
          // Figures alone.
        }
      }
    }
  }

  private String heading(Evaluated model, String text) {
    return models.size() == 1 ? text : text + ": " + label(model);
  }

  /** Samples of all models beside the picture that the prompt describes. */
  private void samples(HtmlPage page) throws IOException {
    List<Gallery.Sampled> first = models.get(0).report().gallery().samples();
    if (first.isEmpty()) {
      return;
    }
    page.add("<section>\n").element("h2", "", "Samples");
    page.element(
        "p",
        "",
        "For captions of held-out pictures, beside the real picture, which the model has not seen."
            + " Below each sample what the judge sees in it. The first sample each, not chosen.");
    page.add("<div class=\"cards\">\n");
    for (int i = 0; i < first.size(); i++) {
      page.add("<figure class=\"card\">\n<div class=\"pair\">\n");
      if (first.get(i).real().isPresent()) {
        picture(page, first.get(i).real().get(), "real: " + first.get(i).prompt(), "real");
      }
      for (Evaluated model : models) {
        List<Gallery.Sampled> own = model.report().gallery().samples();
        if (i < own.size()) {
          String verdict = own.get(i).verdict();
          picture(
              page,
              own.get(i).sample(),
              "sample: " + own.get(i).prompt(),
              models.size() == 1 ? verdict : label(model) + ": " + verdict);
        }
      }
      page.add("</div>\n").element("figcaption", "class=\"prompt\"", first.get(i).prompt());
      page.add("</figure>\n");
    }
    page.add("</div>\n</section>\n");
  }

  private static void picture(HtmlPage page, Rgb picture, String description, String below)
      throws IOException {
    page.add("<div>").image(Png.bytes(picture.toImage()), description);
    page.element("small", "", below).add("</div>\n");
  }

  private void reconstructions(HtmlPage page, Evaluated model, List<Gallery.Reconstruction> pairs)
      throws IOException {
    page.element("h3", "", heading(model, "Held-out pictures and their reconstructions"));
    page.add("<div class=\"cards\">\n");
    for (Gallery.Reconstruction pair : pairs) {
      page.add("<div class=\"card pair\">\n");
      page.add("<div>").image(Png.bytes(pair.original().toImage()), "original").add("</div>\n");
      page.add("<div>").image(Png.bytes(pair.reconstruction().toImage()), "reconstruction");
      page.add("</div>\n</div>\n");
    }
    page.add("</div>\n");
  }

  private void captions(HtmlPage page, Evaluated model, List<Gallery.Captioned> captions)
      throws IOException {
    page.element("h3", "", heading(model, "Captions written for held-out pictures"));
    page.add("<div class=\"cards\">\n");
    for (Gallery.Captioned captioned : captions) {
      page.add("<figure class=\"card text\">\n");
      page.image(Png.bytes(captioned.picture().toImage()), captioned.truth());
      page.add("<figcaption>").element("b", "", captioned.written());
      page.element("small", "", "true: " + captioned.truth()).add("</figcaption>\n</figure>\n");
    }
    page.add("</div>\n");
  }

  private void confusion(HtmlPage page, Evaluated model) {
    if (model.report().styles().isEmpty()) {
      return;
    }
    StyleProbe.Report report = model.report().styles().get();
    page.element("h3", "", heading(model, "Styles asked for (rows) and seen (columns)"));
    page.add("<div class=\"scroll\"><table>\n<tr><th></th>");
    report.confusion().keySet().forEach(style -> page.element("th", "", style));
    page.add("</tr>\n");
    report
        .confusion()
        .forEach(
            (asked, seen) -> {
              page.add("<tr>").element("th", "", asked);
              seen.values().forEach(count -> page.element("td", "", Integer.toString(count)));
              page.add("</tr>\n");
            });
    page.add("</table></div>\n");
    page.element("p", "", format("Macro-averaged F1: %.3f.", report.macroF1()));
  }

  private static void copies(HtmlPage page, String heading, List<Gallery.Neighbours> copies)
      throws IOException {
    page.element("h3", "", heading);
    page.element(
        "p", "", "Each beside its nearest by pixels and its nearest by features, with distances.");
    page.add("<div class=\"cards\">\n");
    for (Gallery.Neighbours near : copies) {
      page.add("<div class=\"card pair\">\n");
      picture(page, near.picture(), "picture", "");
      picture(
          page, near.nearestByPixels(), "nearest by pixels", format("%.3f", near.pixelDistance()));
      picture(
          page,
          near.nearestByFeatures(),
          "nearest by features",
          format("%.2f", near.featureDistance()));
      page.add("</div>\n");
    }
    page.add("</div>\n");
  }

  private void judge(HtmlPage page) {
    page.add("<section>\n").element("h2", "", "The judge");
    page.element(
        "p",
        "",
        "What judges samples was learned from the real training pictures alone, apart from any"
            + " model. Figures for real pictures are those that the judge gives real held-out"
            + " pictures: no model can be expected to do better.");
    Map<String, String> spaces = new LinkedHashMap<>();
    models.forEach(model -> spaces.put(model.space().name(), model.space().definition()));
    page.add("<dl>\n");
    spaces.forEach(
        (name, definition) ->
            page.add("<div class=\"wide\">")
                .element("dt", "", "feature space " + name)
                .element("dd", "", definition)
                .add("</div>\n"));
    page.add("</dl>\n</section>\n");
  }

  private static String value(Figure.Unit unit, double value) {
    return switch (unit) {
      case SHARE -> format(value > 0 && value < 0.01 ? "%.2f %%" : "%.1f %%", value * PERCENT);
      case BITS -> format("%.3f bits", value);
      case DECIBELS -> format("%.2f dB", value);
      case SECONDS -> format("%.3f s", value);
      case BYTES -> format("%.1f MB", value / MEGABYTE);
      case COUNT -> format("%,.0f", value);
      case NUMBER -> plain(value);
    };
  }

  /** Four digits, without zeros at the end. */
  private static String plain(double value) {
    double size = Math.abs(value);
    String digits =
        size >= 1000
            ? format("%,.0f", value)
            : format(size >= 100 ? "%.1f" : size >= 1 ? "%.3f" : "%.4f", value);
    return digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits;
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
