package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.ranker.RankBy;
import dev.tessera.vqvae.picture.PictureGrid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes pictures. */
@Command(
    description = {
      "Make pictures for prompts, or without any.",
      "--out x.png with several pictures writes one grid; --out dir/ writes single files and"
          + " samples.jsonl."
    },
    defaultValueProvider = ClearSampling.class)
final class SampleCommand implements Callable<Integer> {
  private static final int MAXIMUM_PICTURES = 10_000;

  private final Session session;

  @Mixin private final WeightsOption model = new WeightsOption();
  @Mixin private final PictureSampling settings = new PictureSampling();
  @Mixin private final OutOption out = new OutOption();

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
      names = "--rerank",
      paramLabel = "R",
      description =
          "Make R pictures for each prompt and keep the best -n of them, as --rerank-by says.")
  private @Nullable Integer candidates;

  @Option(
      names = "--rerank-by",
      paramLabel = "likelihood|ranker|all",
      description =
          "What the best are: those by which the model itself finds the prompt likeliest, those"
              + " that the model's ranker finds fitting, if train-ranker has added one, or those"
              + " that fit by all that the model has (default).")
  private @Nullable RankBy by;

  @Option(
      names = "--columns",
      paramLabel = "N",
      description =
          "Pictures side by side in a grid (default: -n, or as many as make it about as high as"
              + " wide).")
  private @Nullable Integer columns;

  SampleCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureOutput output = out.output();
    requireCandidates();
    requireColumns();
    List<String> asked = asked();
    SamplingOptions options = options(asked);
    try (Tessera tessera = model.load()) {
      prompts.forEach(prompt -> session.warnIfCut(tessera, prompt));
      List<Tessera.Sample> samples = sample(tessera, asked, options);
      new SampleFiles(session, output).write(samples, options.seed(), columns(samples.size()));
    }
    return ExitCode.DONE;
  }

  /** Those given; without any prompt there is nothing that guidance could follow. */
  private SamplingOptions options(List<String> asked) {
    SamplingOptions options = settings.options();
    return asked.stream().allMatch(String::isEmpty) ? options.withGuidance(1) : options;
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

  private void requireCandidates() {
    if (candidates == null && by != null) {
      throw new UsageException("--rerank-by says how --rerank R chooses, but there is no --rerank");
    }
    if (candidates == null) {
      return;
    }
    if (prompts.isEmpty() || prompts.stream().anyMatch(String::isBlank)) {
      throw new UsageException(
          "--rerank keeps the pictures that fit a prompt best, but there is no --prompt");
    }
    if (candidates < count || (long) candidates * prompts.size() > MAXIMUM_PICTURES) {
      throw new UsageException(
          String.format(
              "--rerank is %d, but must be at least the %d of -n and %d pictures in all at most",
              candidates, count, MAXIMUM_PICTURES));
    }
  }

  private void requireColumns() {
    if (columns != null && (columns < 1 || columns > PictureGrid.MAXIMUM_COLUMNS)) {
      throw new UsageException(
          String.format(
              "--columns is %d, but must be 1 to %d", columns, PictureGrid.MAXIMUM_COLUMNS));
    }
  }

  private List<Tessera.Sample> sample(
      Tessera tessera, List<String> asked, SamplingOptions options) {
    BooleanSupplier cancelled = session.interruption()::isRequested;
    Integer asMany = candidates;
    RankBy order = by != null ? by : RankBy.ALL;
    return SamplingBar.show(
        session,
        progress ->
            asMany == null
                ? tessera.sample(asked, options, progress, cancelled)
                : tessera.sampleBest(prompts, count, asMany, order, options, progress, cancelled));
  }

  /** Those that are asked for, or a row for each prompt if that fits, and a square otherwise. */
  private int columns(int pictures) {
    if (columns != null) {
      return columns;
    }
    boolean rows = prompts.size() > 1 && count > 1 && count <= SampleFiles.MAXIMUM_COLUMNS;
    return rows ? count : SampleFiles.columns(pictures);
  }
}
