package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.cli.progress.Bars;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.transformer.decode.GuidanceSchedule;
import dev.tessera.transformer.decode.Progress;
import dev.tessera.transformer.decode.SamplingOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Makes pictures. */
@Command(
    description = {
      "Make pictures for prompts, or without any.",
      "--out x.png with several pictures writes one grid; --out dir/ writes single files and"
          + " samples.jsonl."
    })
final class SampleCommand implements Callable<Integer> {
  private static final int MAXIMUM_PICTURES = 10_000;
  private static final int MAXIMUM_COLUMNS = 8;

  private final Session session;

  @Mixin private final WeightsOption model = new WeightsOption();
  @Mixin private final SamplingSettings settings = new SamplingSettings();

  @Option(
      names = "--prompt",
      paramLabel = "T",
      description = "What the picture should show; may be repeated.")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "1",
      description = "Pictures for each prompt (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--guidance",
      paramLabel = "G",
      defaultValue = "1",
      description = "Above 1 to follow the prompt more closely (default: ${DEFAULT-VALUE}).")
  private double guidance;

  @Option(
      names = "--guidance-schedule",
      paramLabel = "S",
      defaultValue = "constant",
      description =
          "How guidance goes over the tokens of a picture: constant, or linear or cosine from none"
              + " to all (default: ${DEFAULT-VALUE}).")
  private GuidanceSchedule schedule = GuidanceSchedule.CONSTANT;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "A PNG file, or a folder.")
  private String out = "";

  SampleCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureOutput output = PictureOutput.of(out);
    SamplingOptions options =
        UsageException.check(
            () -> settings.options().withGuidance(guidance).withGuidanceSchedule(schedule));
    List<String> asked = asked();
    try (Tessera tessera = model.load()) {
      prompts.stream().filter(tessera::isTruncated).forEach(this::warn);
      write(output, sample(tessera, asked, options), options.seed());
    }
    return ExitCode.DONE;
  }

  /** Every prompt as often as pictures are wanted for it. */
  private List<String> asked() {
    List<String> different = prompts.isEmpty() ? List.of("") : prompts;
    if (count < 1 || (long) count * different.size() > MAXIMUM_PICTURES) {
      throw new UsageException(
          String.format("-n is %d, but must be 1 to %d pictures in all", count, MAXIMUM_PICTURES));
    }
    List<String> asked = new ArrayList<>();
    for (String prompt : different) {
      for (int i = 0; i < count; i++) {
        asked.add(prompt);
      }
    }
    return asked;
  }

  private void warn(String prompt) {
    session.note("tessera: the prompt is longer than the model's text, its end is cut: " + prompt);
  }

  private List<Tessera.Sample> sample(
      Tessera tessera, List<String> asked, SamplingOptions options) {
    if (!session.showsBars()) {
      return tessera.sample(asked, options, Progress.NONE, session.interruption()::isRequested);
    }
    try (ProgressBar bar = Bars.start("sampling", "tokens", 0, 1, session.err())) {
      Progress shown =
          (done, total) -> {
            bar.maxHint(total);
            bar.stepTo(done);
          };
      return tessera.sample(asked, options, shown, session.interruption()::isRequested);
    }
  }

  private void write(PictureOutput output, List<Tessera.Sample> samples, long seed)
      throws IOException {
    if (output.isFile()) {
      output.writeFile(
          samples.stream().map(Tessera.Sample::picture).toList(),
          samples.stream().map(Tessera.Sample::prompt).toList(),
          columns(samples.size()));
      session.out().println(output.path());
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < samples.size(); i++) {
      Tessera.Sample sample = samples.get(i);
      String name = String.format("%05d.png", i);
      session.out().println(output.writeInFolder(name, sample.picture()));
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("prompt", sample.prompt());
      line.put("seed", seed);
      line.put("index", i);
      line.put("score", sample.logLikelihood());
      line.put("file", name);
      lines.append(new JsonMapper().writeValueAsString(line)).append('\n');
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(output.path().resolve("samples.jsonl"), file -> file.write(bytes));
  }

  /** A row for each prompt if that fits, and a square otherwise. */
  private int columns(int pictures) {
    boolean rows = prompts.size() > 1 && count > 1 && count <= MAXIMUM_COLUMNS;
    int side = (int) Math.ceil(Math.sqrt(pictures));
    return rows ? count : Math.min(MAXIMUM_COLUMNS, side);
  }
}
