package dev.tessera.cli.report;

import dev.tessera.cli.history.RunHistory;
import dev.tessera.cli.history.StageHistory;
import dev.tessera.cli.page.HtmlPage;
import dev.tessera.transformer.pipeline.RunFolder;
import dev.tessera.transformer.training.TransformerTraining;
import dev.tessera.vqvae.training.VqvaeTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The page about a run: one file without anything from elsewhere, for phones and wide screens. */
final class RunPage {
  /** Pictures of a stage over time at most; more would make the page large. */
  private static final int SHOWN = 6;

  /** Held-out pictures with captions at most. */
  private static final int EXAMPLES = 12;

  private static final int REFRESH_SECONDS = 15;
  private static final double PERCENT = 100;

  /** Whether there will be another page. */
  enum State {
    RUNNING("running"),
    FINISHED("finished"),
    STOPPED("stopped before its end");

    private final String words;

    State(String words) {
      this.words = words;
    }
  }

  private final RunFolder folder;
  private final RunReport.Facts facts;
  private final String notice;
  private final String style;

  RunPage(RunFolder folder, RunReport.Facts facts, String notice) {
    this.folder = folder;
    this.facts = facts;
    this.notice = notice;
    this.style =
        HtmlPage.resource(HtmlPage.class, "page.css")
            + HtmlPage.resource(RunPage.class, "report.css");
  }

  /** The page as it is now. */
  String html(RunHistory history, State state) throws IOException {
    StringBuilder html = new StringBuilder();
    head(html, state);
    List<Map.Entry<String, StageHistory>> stages = new ArrayList<>(history.stages().entrySet());
    html.append("<section class=\"tiles\">\n");
    for (Map.Entry<String, StageHistory> stage : stages) {
      progress(html, stage.getKey(), stage.getValue(), state);
    }
    html.append("</section>\n");
    // The newest stage is what one wants to see first.
    Collections.reverse(stages);
    for (Map.Entry<String, StageHistory> stage : stages) {
      stage(html, stage.getKey(), stage.getValue());
    }
    data(html, history.counts());
    settings(html);
    return html.append("</main>\n</body>\n</html>\n").toString();
  }

  private void head(StringBuilder html, State state) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    if (state == State.RUNNING) {
      html.append("<meta http-equiv=\"refresh\" content=\"" + REFRESH_SECONDS + "\">\n");
    }
    String name =
        HtmlPage.escaped(String.valueOf(folder.path().toAbsolutePath().normalize().getFileName()));
    html.append("<title>").append(name).append(", ").append(state.words).append("</title>\n");
    html.append("<style>\n").append(style).append("</style>\n</head>\n<body>\n<main>\n");
    html.append("<header>\n<h1>").append(name);
    html.append(" <span class=\"state ").append(state.name().toLowerCase(Locale.ROOT));
    html.append("\">")
        .append(state.words)
        .append("</span></h1>\n<p>")
        .append(HtmlPage.escaped(facts.source()));
    html.append(" · written ").append(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    html.append("</p>\n</header>\n");
  }

  private void progress(StringBuilder html, String name, StageHistory stage, State state) {
    double share = stage.plannedSteps() == 0 ? 0 : (double) stage.step() / stage.plannedSteps();
    html.append("<article class=\"tile\">\n<h2>")
        .append(HtmlPage.escaped(title(name)))
        .append("</h2>\n");
    html.append(format("<progress max=\"1\" value=\"%.4f\"></progress>\n", Math.min(1, share)));
    html.append("<dl>\n");
    fact(html, "steps", format("%,d of %,d", stage.step(), stage.plannedSteps()));
    fact(html, "time spent", time(stage.seconds()));
    stage
        .newest("secondsPerStep")
        .ifPresent(
            seconds -> {
              double left = (stage.plannedSteps() - stage.step()) * seconds;
              if (state == State.RUNNING && left > 0) {
                fact(html, "time left, about", time(left));
              }
              double batch = facts.batches().getOrDefault(name, 0);
              fact(html, "throughput", format("%,.0f pictures/s", batch / seconds));
            });
    stage.newest("heldOutPsnr").ifPresent(v -> fact(html, "held-out PSNR", format("%.2f dB", v)));
    if (name.equals(VqvaeTraining.STAGE)) {
      stage
          .newest("usage")
          .ifPresent(
              used ->
                  fact(
                      html, "codes used", format("%.0f %% of %,d", used * PERCENT, facts.codes())));
    }
    stage
        .newest("heldOutImageBits")
        .ifPresent(v -> fact(html, "held-out bits per image token", format("%.3f", v)));
    stage
        .newest("heldOutTextBits")
        .ifPresent(v -> fact(html, "held-out bits per text token", format("%.3f", v)));
    html.append("</dl>\n</article>\n");
  }

  private void stage(StringBuilder html, String name, StageHistory stage) throws IOException {
    html.append("<section>\n<h2>").append(HtmlPage.escaped(title(name))).append("</h2>\n");
    pictures(html, name, stage.pictures());
    html.append("<div class=\"plots\">\n");
    for (StagePlots.Plot plot : StagePlots.of(stage)) {
      String title = HtmlPage.escaped(plot.title());
      html.append("<figure class=\"plot\">\n<figcaption>").append(title);
      if (plot.curves().size() == 1) {
        html.append(format(" <b>%.4g</b>", plot.curves().get(0).last()));
      }
      html.append("</figcaption>\n");
      image(html, CurvePicture.png(plot.curves()), title + " over steps");
      html.append("</figure>\n");
    }
    html.append("</div>\n</section>\n");
  }

  /** Pictures over time, the newest first. */
  private static void pictures(StringBuilder html, String stage, List<StageHistory.Shown> all)
      throws IOException {
    List<StageHistory.Shown> there =
        all.stream().filter(shown -> Files.isRegularFile(shown.file())).toList();
    int shown = Math.min(SHOWN, there.size());
    if (shown == 0) {
      return;
    }
    html.append("<p>").append(explanation(stage)).append("</p>\n<div class=\"pictures\">\n");
    for (int i = shown - 1; i >= 0; i--) {
      int which = shown == 1 ? 0 : (int) ((long) i * (there.size() - 1) / (shown - 1));
      StageHistory.Shown picture = there.get(which);
      String caption = format("after step %,d", picture.step());
      html.append("<figure>\n<figcaption>").append(caption).append("</figcaption>\n");
      html.append("<div class=\"scroll\">");
      image(html, Files.readAllBytes(picture.file()), caption);
      html.append("</div>\n</figure>\n");
    }
    html.append("</div>\n");
  }

  private void data(StringBuilder html, Map<String, Long> counts) throws IOException {
    html.append("<section>\n<h2>Data</h2>\n<dl>\n");
    counts.forEach((name, count) -> fact(html, count(name), format("%,d", count)));
    html.append("</dl>\n");
    examples(html);
    html.append("<h3>Licence and attribution</h3>\n<pre>");
    html.append(HtmlPage.escaped(notice.strip())).append("</pre>\n</section>\n");
  }

  /** Some pictures that training does not see, each with its first caption. */
  private void examples(StringBuilder html) throws IOException {
    if (!Files.isDirectory(folder.heldOut())) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder.heldOut())) {
      files = all.filter(file -> file.toString().endsWith(".png")).sorted().toList();
    }
    html.append("<h3>Held-out pictures</h3>\n<div class=\"examples\">\n");
    for (Path file : files.subList(0, Math.min(EXAMPLES, files.size()))) {
      Path captions = Path.of(file.toString().replaceFirst("\\.png$", ".txt"));
      String caption =
          Files.exists(captions) ? Files.readString(captions).lines().findFirst().orElse("") : "";
      html.append("<figure>\n");
      image(html, Files.readAllBytes(file), HtmlPage.escaped(caption));
      html.append("<figcaption>")
          .append(HtmlPage.escaped(caption))
          .append("</figcaption>\n</figure>\n");
    }
    html.append("</div>\n");
  }

  private void settings(StringBuilder html) {
    html.append("<section>\n<h2>Settings</h2>\n<dl>\n");
    fact(html, "source", facts.source());
    fact(html, "budget", facts.budget());
    fact(html, "seed", Long.toString(facts.seed()));
    html.append("</dl>\n<details>\n<summary>Configuration</summary>\n<pre>");
    html.append(HtmlPage.escaped(facts.config())).append("</pre>\n</details>\n</section>\n");
  }

  private static void fact(StringBuilder html, String name, String value) {
    html.append("<div><dt>")
        .append(HtmlPage.escaped(name))
        .append("</dt><dd>")
        .append(HtmlPage.escaped(value));
    html.append("</dd></div>\n");
  }

  private static void image(StringBuilder html, byte[] png, String description) {
    html.append("<img alt=\"").append(description).append("\" src=\"data:image/png;base64,");
    html.append(Base64.getEncoder().encodeToString(png)).append("\">\n");
  }

  private static String title(String stage) {
    return switch (stage) {
      case VqvaeTraining.STAGE -> "Stage 1: pictures and their tokens";
      case TransformerTraining.STAGE -> "Stage 2: tokens and captions";
      default -> stage;
    };
  }

  private static String explanation(String stage) {
    return switch (stage) {
      case VqvaeTraining.STAGE -> "Pictures, and below them what comes back from their tokens.";
      case TransformerTraining.STAGE -> "Samples for the same captions each time.";
      default -> "What the model could do.";
    };
  }

  private static String count(String name) {
    return switch (name) {
      case "captioned" -> "with captions";
      case "heldOut" -> "held out";
      case "duplicates" -> "left out as duplicates";
      case "blank" -> "left out as blank";
      case "rejected" -> "unusable files";
      default -> name;
    };
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? format("%d min %02d s", whole / 60, whole % 60)
        : format("%d h %02d min", whole / 3600, whole / 60 % 60);
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
