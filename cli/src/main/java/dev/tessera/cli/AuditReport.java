package dev.tessera.cli;

import dev.tessera.cli.audit.Advice;
import dev.tessera.cli.audit.CaptionFit;
import dev.tessera.cli.audit.TrainingTrial;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.data.Audit;
import dev.tessera.vqvae.data.CaptionStatistics;
import dev.tessera.vqvae.data.Counted;
import dev.tessera.vqvae.data.Distribution;
import dev.tessera.vqvae.data.Rejected;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * An audit for people and for programs.
 *
 * @param audit what was found
 * @param config what training would have
 * @param fit of the captions to the configuration
 * @param trial of training, if one was made
 */
record AuditReport(Audit audit, RunConfig config, CaptionFit fit, @Nullable TrainingTrial trial) {
  private static final int LISTED_GROUPS = 10;
  private static final int LISTED_BROKEN = 100;
  private static final List<Integer> MINUTES = List.of(10, 60, 480);

  /** The report; the first hundred broken files are named. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "source", "%s", audit.source());
    line(
        text,
        "pictures",
        "%,d, of which %,d can be used; read at %,.0f pictures/s",
        audit.files(),
        audit.usable(),
        audit.files() / audit.seconds());
    line(text, "formats", "%s", counts(audit.formats()));
    line(text, "colours", "%s", counts(audit.modes()));
    line(text, "width", "%s pixels", range(audit.shapes().widths(), "%.0f"));
    line(text, "height", "%s pixels", range(audit.shapes().heights(), "%.0f"));
    line(text, "width / height", "%s", range(audit.shapes().aspects(), "%.2f"));
    line(
        text,
        "tall, wide",
        "%,d and %,d, which have one side at least a third longer",
        audit.shapes().tall(),
        audit.shapes().wide());
    captions(text, audit.captions());
    line(text, "blank", "%,d%s", audit.blank().count(), some(audit.blank()));
    groups(text, "duplicates", audit.duplicates(), audit.repeated(), "have the pixels of another");
    groups(text, "look-alikes", audit.nearDuplicates(), audit.alike(), "look like another");
    rejected(text, audit.rejected());
    line(text, "licence", "%s", audit.notice().strip());
    trial(text);
    List<String> advice = Advice.of(audit, config, fit, trial);
    for (int i = 0; i < advice.size(); i++) {
      line(text, i == 0 ? "advice" : "", "%s", advice.get(i));
    }
    return text.toString();
  }

  private void captions(StringBuilder text, CaptionStatistics captions) {
    line(
        text,
        "captions",
        "%,d on %,d pictures, %,d of them different",
        captions.captions(),
        captions.captionedPictures(),
        captions.different());
    if (captions.captions() == 0) {
      return;
    }
    line(text, "words", "%s in a caption", range(captions.words(), "%.0f"));
    line(
        text,
        "vocabulary",
        "%,d%s words, most often %s",
        captions.vocabulary(),
        captions.vocabulary() == CaptionStatistics.MOST_WORDS ? " or more" : "",
        captions.commonest().stream()
            .map(word -> word.word() + " (" + word.count() + ")")
            .collect(Collectors.joining(", ")));
    line(text, "languages", "%s", counts(captions.languages()));
    line(text, "scripts", "%s", counts(captions.scripts()));
    line(
        text,
        "kinds",
        "%,d lists of keywords; %,d pictures with words of direction or writing",
        captions.keywordLists(),
        captions.directed());
    line(
        text,
        "tokens",
        "%d in half of the captions at most, %d in 99 %%, %d in the longest, of a vocabulary of"
            + " %,d%s",
        fit.median(),
        fit.ninetyNinth(),
        fit.longest(),
        fit.vocabulary(),
        fit.measured() == captions.captions()
            ? ""
            : String.format(Locale.ROOT, ", told from %,d captions", fit.measured()));
    line(
        text,
        "cut",
        "%.1f %% of the captions lose what is beyond %d tokens",
        fit.cut() * 100,
        fit.length());
    fit.examples()
        .forEach(
            cut ->
                text.append("  ")
                    .append(cut.caption())
                    .append(" -> ")
                    .append(cut.left())
                    .append('\n'));
  }

  private static void groups(
      StringBuilder text, String name, Counted<List<String>> groups, int pictures, String words) {
    line(text, name, "%,d pictures %s, in %,d groups", pictures, words, groups.count());
    groups.first().stream()
        .limit(LISTED_GROUPS)
        .forEach(group -> text.append("  ").append(String.join(" = ", group)).append('\n'));
  }

  private static void rejected(StringBuilder text, Counted<Rejected> rejected) {
    line(text, "unusable", "%,d", rejected.count());
    List<Rejected> named =
        rejected.first().subList(0, Math.min(LISTED_BROKEN, rejected.first().size()));
    named.forEach(
        file ->
            text.append("  ").append(file.id()).append(": ").append(file.reason()).append('\n'));
    if (rejected.count() > named.size()) {
      text.append(String.format(Locale.ROOT, "  and %,d more%n", rejected.count() - named.size()));
    }
  }

  private void trial(StringBuilder text) {
    if (trial == null) {
      return;
    }
    PictureConfig picture = config.vqvae().picture();
    line(
        text,
        "training",
        "at %d x %d pixels here and now: %.3f s for %d pictures in stage 1, %.3f s for %d in stage"
            + " 2, medians of a trial of %.0f s",
        picture.width(),
        picture.height(),
        trial.vqvaeSeconds(),
        trial.vqvaeBatch(),
        trial.transformerSeconds(),
        trial.transformerBatch(),
        trial.trialSeconds());
    int pictures = Math.max(1, audit.usable() - audit.repeated());
    for (int minutes : MINUTES) {
      text.append(
          String.format(
              Locale.ROOT,
              "  --minutes %d: %.1f passes over the pictures in stage 1, %.1f in stage 2%n",
              minutes,
              trial.vqvaePasses(pictures, minutes),
              trial.transformerPasses(pictures, minutes)));
    }
  }

  /** All of it but the pictures, as one line of JSON. */
  String json() {
    return JsonMapper.builder().build().writeValueAsString(facts()) + "\n";
  }

  /** Writes contact-sheet.png, if any picture can be shown, and audit.json. */
  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    if (!audit.sample().isEmpty()) {
      Png.write(folder.resolve("contact-sheet.png"), audit.contactSheet());
    }
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    byte[] bytes = mapper.writeValueAsString(facts()).getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(folder.resolve("audit.json"), file -> file.write(bytes));
  }

  private Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("source", audit.source());
    facts.put("files", audit.files());
    facts.put("usable", audit.usable());
    facts.put("seconds", audit.seconds());
    facts.put("formats", audit.formats());
    facts.put("modes", audit.modes());
    facts.put("widths", audit.shapes().widths());
    facts.put("heights", audit.shapes().heights());
    facts.put("shortSides", audit.shapes().shortSides());
    facts.put("aspects", audit.shapes().aspects());
    facts.put("tall", audit.shapes().tall());
    facts.put("wide", audit.shapes().wide());
    facts.put("captions", captionFacts(audit.captions()));
    facts.put("captionFit", fit);
    facts.put("blank", audit.blank());
    facts.put("duplicates", audit.duplicates());
    facts.put("repeated", audit.repeated());
    facts.put("nearDuplicates", audit.nearDuplicates());
    facts.put("alike", audit.alike());
    facts.put("rejected", audit.rejected());
    facts.put("notice", audit.notice());
    if (trial != null) {
      facts.put("trial", trial);
    }
    facts.put("advice", Advice.of(audit, config, fit, trial));
    return facts;
  }

  /** All but the sample, which is as long as everything else together. */
  private static Map<String, Object> captionFacts(CaptionStatistics captions) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("captionedPictures", captions.captionedPictures());
    facts.put("captions", captions.captions());
    facts.put("different", captions.different());
    facts.put("words", captions.words());
    facts.put("characters", captions.characters());
    facts.put("vocabulary", captions.vocabulary());
    facts.put("commonest", captions.commonest());
    facts.put("scripts", captions.scripts());
    facts.put("languages", captions.languages());
    facts.put("keywordLists", captions.keywordLists());
    facts.put("directed", captions.directed());
    return facts;
  }

  private static void line(StringBuilder text, String name, String form, Object... values) {
    text.append(String.format(Locale.ROOT, "%-15s ", name))
        .append(String.format(Locale.ROOT, form, values))
        .append('\n');
  }

  private static String counts(Map<String, Integer> counts) {
    return counts.isEmpty()
        ? "none"
        : counts.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
  }

  private static String range(Distribution distribution, String number) {
    return String.format(
        Locale.ROOT,
        number + " to " + number + ", half of them up to " + number,
        distribution.minimum(),
        distribution.maximum(),
        distribution.median());
  }

  private static String some(Counted<String> ids) {
    return ids.first().isEmpty() ? "" : ", for instance " + ids.first().get(0);
  }
}
