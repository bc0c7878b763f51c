package dev.tessera.cli;

import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.vqvae.data.Audit;
import dev.tessera.vqvae.data.CaptionStatistics;
import dev.tessera.vqvae.data.Distribution;
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
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * An audit for people and for programs.
 *
 * @param audit what was found
 */
record AuditReport(Audit audit) {
  private static final int LISTED_DUPLICATES = 10;

  /** The report; every broken file is named. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "source", audit.source());
    line(text, "pictures", "%,d, of which %,d can be used", audit.files(), audit.usable());
    line(text, "formats", "%s", counts(audit.formats()));
    line(text, "colours", "%s", counts(audit.modes()));
    line(text, "width", "%s pixels", range(audit.shapes().widths(), "%.0f"));
    line(text, "height", "%s pixels", range(audit.shapes().heights(), "%.0f"));
    line(text, "width / height", "%s", range(audit.shapes().aspects(), "%.2f"));
    captions(text, audit.captions());
    line(text, "blank", "%,d%s", audit.blank().size(), some(audit.blank()));
    line(text, "duplicates", "%,d groups", audit.duplicates().size());
    audit.duplicates().stream()
        .limit(LISTED_DUPLICATES)
        .forEach(group -> text.append("  ").append(String.join(" = ", group)).append('\n'));
    line(text, "unusable", "%,d", audit.rejected().size());
    audit
        .rejected()
        .forEach(
            file ->
                text.append("  ")
                    .append(file.id())
                    .append(": ")
                    .append(file.reason())
                    .append('\n'));
    line(text, "licence", "%s", audit.notice());
    return text.toString();
  }

  private static void captions(StringBuilder text, CaptionStatistics captions) {
    line(
        text, "captions", "%,d on %,d pictures", captions.captions(), captions.captionedPictures());
    if (captions.captions() > 0) {
      line(text, "words", "%s in a caption", range(captions.words(), "%.0f"));
      line(
          text,
          "vocabulary",
          "%,d words, most often %s",
          captions.vocabulary(),
          captions.commonest().stream()
              .map(word -> word.word() + " (" + word.count() + ")")
              .collect(Collectors.joining(", ")));
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
    facts.put("formats", audit.formats());
    facts.put("modes", audit.modes());
    facts.put("widths", audit.shapes().widths());
    facts.put("heights", audit.shapes().heights());
    facts.put("aspects", audit.shapes().aspects());
    facts.put("captions", audit.captions());
    facts.put("blank", audit.blank());
    facts.put("duplicates", audit.duplicates());
    facts.put("rejected", audit.rejected());
    facts.put("notice", audit.notice());
    return facts;
  }

  private static void line(StringBuilder text, String name, String form, Object... values) {
    text.append(String.format(Locale.ROOT, "%-15s ", name))
        .append(values.length == 0 ? form : String.format(Locale.ROOT, form, values))
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

  private static String some(List<String> ids) {
    return ids.isEmpty() ? "" : ", for instance " + ids.get(0);
  }
}
