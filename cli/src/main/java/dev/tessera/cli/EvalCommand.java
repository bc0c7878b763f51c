package dev.tessera.cli;

import dev.tessera.cli.evaluation.Evaluated;
import dev.tessera.cli.evaluation.EvaluationPage;
import dev.tessera.cli.evaluation.Metrics;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.transformer.evaluation.EvaluationSettings;
import dev.tessera.transformer.evaluation.FormatQuality;
import dev.tessera.transformer.evaluation.HeldOutEvaluation;
import dev.tessera.transformer.evaluation.HoleBits;
import dev.tessera.transformer.evaluation.ModelEvaluation;
import dev.tessera.transformer.evaluation.ModelReport;
import dev.tessera.transformer.evaluation.PictureJudge;
import dev.tessera.transformer.evaluation.ReconstructionEvaluation;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;

/** Measures a model on pictures that it has not seen. */
@Command(
    description = {
      "Measure a model on the held-out pictures of its source: PSNR of reconstructions, use of the"
          + " codebook, bits per token.",
      "shuffledBits is what image tokens cost given the caption of another picture of the same"
          + " style; p says how likely so large a difference is by chance.",
      "--stage vqvae measures reconstructions alone, and each style (or folder, or source of a"
          + " mixture) by itself: PSNR in dB; SSIM and MS-SSIM, 1 at best; the mean colour"
          + " difference (Delta E of 1976) and the mean error of edges (Sobel, levels per pixel), 0"
          + " at best; use of the codebook. With --search by the tokens that were looked for.",
      "Of a model with infilling: topHoleBits and others are what the tokens of a part cost given"
          + " all the rest of the picture, topRasterBits given what precedes each in raster order,"
          + " topMixedBits by the mixture of both that complete and vary draw from.",
      "--out DIR measures all that is known, of several models side by side if --model is repeated:"
          + " DIR/report.html, one page for a browser, and DIR/metrics.json. Samples are made for"
          + " the captions of held-out pictures."
    })
final class EvalCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "A bundle, NAME.tessera; with --out may be repeated.")
  private List<Path> models = new ArrayList<>();

  @Mixin private final MeasureOptions measured = new MeasureOptions();
  @Mixin private final PictureSampling sampling = new PictureSampling();
  @Mixin private final SearchOption search = new SearchOption();

  /** What can be measured alone. */
  enum Stage {
    VQVAE,
    DECODER
  }

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description =
          "Measure this alone: vqvae, in more detail; or decoder, what the format of its weights"
              + " costs in held-out bits per token.")
  private @Nullable Stage stage;

  @Option(
      names = "--rerank",
      paramLabel = "R",
      defaultValue = "1",
      description =
          "For the report, also judge the best of R samples for each caption, by each way to choose"
              + " that sample --rerank-by has for the model, and captions as caption --rerank 32"
              + " finds them (default: ${DEFAULT-VALUE}, none).")
  private int rerank;

  @Option(names = "--json", description = "Print one JSON object in place of lines.")
  private boolean json;

  @Option(names = "--out", paramLabel = "DIR", description = "Where the report goes.")
  private @Nullable Path out;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      defaultValue = "500",
      description =
          "Held-out pictures to measure on at most, and samples for the report (default:"
              + " ${DEFAULT-VALUE}).")
  private int pictures;

  EvalCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    int sweeps = search.sweeps();
    if (sweeps > 0 && stage != Stage.VQVAE) {
      throw new UsageException("--search is for --stage vqvae alone");
    }
    if (out != null) {
      report(out);
      return ExitCode.DONE;
    }
    if (models.size() > 1) {
      throw new UsageException("--model is given several times, which needs --out DIR");
    }
    Bundle bundle = Bundle.read(models.get(0));
    if (stage == Stage.DECODER) {
      printFormats(
          FormatQuality.of(bundle, measured.pictures(bundle, session), WeightFormat.usable()));
      return ExitCode.DONE;
    }
    if (stage != null) {
      ReconstructionTable table =
          new ReconstructionTable(
              ReconstructionEvaluation.of(
                  bundle, measured.source(), measured.pictures(bundle, session), sweeps));
      session.out().print(json ? table.json() : table.text());
      return ExitCode.DONE;
    }
    HeldOutEvaluation evaluation =
        HeldOutEvaluation.of(bundle, measured.pictures(bundle, session), 0);
    PrintedFigures.print(measures(evaluation), json, session);
    return ExitCode.DONE;
  }

  private void printFormats(List<FormatQuality> qualities) {
    double exact = qualities.get(0).imageBits();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (FormatQuality quality : qualities) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("weights", quality.format().name().toLowerCase(Locale.ROOT));
      row.put("imageBits", quality.imageBits());
      row.put("change", quality.imageBits() / exact - 1);
      rows.add(row);
      if (!json) {
        session
            .out()
            .printf(
                Locale.ROOT,
                "%-6s %.5f bits per image token (%+.4f %%)%n",
                row.get("weights"),
                quality.imageBits(),
                100 * (quality.imageBits() / exact - 1));
      }
    }
    if (json) {
      session.out().println(new ObjectMapper().writeValueAsString(rows));
    }
  }

  private void report(Path folder) throws IOException {
    if (stage != null || json) {
      throw new UsageException("--out writes all measures, so --stage and --json cannot be given");
    }
    EvaluationSettings settings =
        UsageException.check(
            () ->
                EvaluationSettings.DEFAULT
                    .withPictures(pictures)
                    .withRerank(rerank)
                    .withSampling(sampling.options()));
    if (Files.isRegularFile(folder)) {
      throw new UsageException("--out is " + folder + ", which is a file, not a folder");
    }
    Logging.quietTribuo();
    PictureSource source = measured.source();
    List<Evaluated> evaluated = new ArrayList<>();
    Map<PictureConfig, PictureJudge> judges = new HashMap<>();
    try {
      for (Path file : models) {
        Bundle bundle = Bundle.read(file);
        try (EvaluationBars bars = new EvaluationBars(session, file.toString())) {
          PictureJudge judge = judges.get(bundle.vqvae().picture());
          if (judge == null) {
            judge = PictureJudge.learn(measured.pictures(bundle, session), settings, bars);
            judges.put(bundle.vqvae().picture(), judge);
          }
          ModelReport report = ModelEvaluation.of(bundle, source, judge, settings, bars);
          evaluated.add(new Evaluated(file.toString(), report, judge.space()));
        }
      }
    } finally {
      judges.values().forEach(PictureJudge::close);
    }
    Files.createDirectories(folder);
    write(folder.resolve("metrics.json"), Metrics.json(source.spec(), settings, evaluated));
    write(
        folder.resolve("report.html"),
        new EvaluationPage(source.spec(), settings, evaluated).html());
  }

  private void write(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(file, target -> target.write(bytes));
    session.out().println(file);
  }

  private static Map<String, Object> measures(HeldOutEvaluation evaluation) {
    Map<String, Object> measures = new LinkedHashMap<>();
    measures.put("heldOut", evaluation.heldOut());
    measures.put("psnr", evaluation.psnr());
    measures.put("usage", evaluation.usage());
    measures.put("perplexity", evaluation.perplexity());
    evaluation
        .likelihood()
        .ifPresent(
            likelihood -> {
              measures.put("imageBits", likelihood.imageBits());
              measures.put("positionalUnigramBits", likelihood.positionalUnigramBits());
              measures.put("gain", likelihood.gain());
              measures.put("shuffledBits", likelihood.shuffledBits());
              measures.put("p", likelihood.p());
              measures.put("textBits", likelihood.textBits());
              for (HoleBits hole : likelihood.holes()) {
                measures.put(hole.hole() + "HoleBits", hole.infillingBits());
                measures.put(hole.hole() + "RasterBits", hole.rasterBits());
                measures.put(hole.hole() + "MixedBits", hole.mixedBits());
              }
            });
    // JSON has no NaN: what a model without captions cannot be measured by is left out.
    measures.values().removeIf(value -> value instanceof Double number && number.isNaN());
    return measures;
  }
}
