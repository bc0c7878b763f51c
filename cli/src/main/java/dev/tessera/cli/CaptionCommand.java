package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.vqvae.picture.BrokenPictureException;
import dev.tessera.vqvae.picture.Pictures;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Writes captions. */
@Command(
    description = {
      "Write captions for pictures: file, tab, caption, one per line, the likeliest first.",
      "With --choices or --choices-file: say which of some texts fits best, with the probability of"
          + " each among them.",
      "Pictures that cannot be read are named on standard error; the others are still captioned."
    })
final class CaptionCommand implements Callable<Integer> {
  private static final int MAXIMUM_CAPTIONS = 32;
  private static final int BEAMS = 8;

  private final Session session;

  @Mixin private final WeightsOption model = new WeightsOption();
  @Mixin private final SamplingSettings settings = new SamplingSettings();

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Picture files.")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "1",
      description = "Captions or choices for each picture, 1 to 32 (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--sample",
      description = "Draw captions at random in place of searching the likeliest.")
  private boolean sample;

  @Option(
      names = "--rerank",
      paramLabel = "R",
      defaultValue = "0",
      description =
          "Search R captions, up to 32, and make R more of the parts that the model names; put them"
              + " in order by their likelihood, that of their parts and the model's ranker, in"
              + " place of the likelihood alone.")
  private int rerank;

  @ArgGroup private @Nullable ChoiceOptions choices;

  @Option(names = "--json", description = "Print one JSON object per picture.")
  private boolean json;

  CaptionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (count < 1 || count > MAXIMUM_CAPTIONS) {
      throw new UsageException("-n is " + count + ", but must be 1 to " + MAXIMUM_CAPTIONS);
    }
    SamplingOptions options = settings.options();
    List<String> offered = choices == null ? List.of() : choices.texts();
    if (!offered.isEmpty() && sample) {
      throw new UsageException(
          "--sample draws captions, but --choices offers them: use one of both");
    }
    if (rerank != 0) {
      requireReranking(offered);
    }
    int exitCode = ExitCode.DONE;
    try (Tessera tessera = model.load()) {
      for (Path image : images) {
        session.leaveIfInterrupted();
        try {
          Rgb picture = Pictures.read(image, tessera.pictureConfig());
          if (offered.isEmpty()) {
            print(image, captions(tessera, picture, options));
          } else {
            printChoices(image, choose(tessera, picture, offered));
          }
        } catch (BrokenPictureException e) {
          session.err().println("tessera: " + Explanation.of(e));
          exitCode = ExitCode.FAILED;
        }
      }
    }
    return exitCode;
  }

  private void requireReranking(List<String> offered) {
    if (sample || !offered.isEmpty()) {
      throw new UsageException(
          "--rerank puts captions that are searched in order: it goes neither with --sample nor"
              + " with --choices");
    }
    if (rerank < count || rerank > MAXIMUM_CAPTIONS) {
      throw new UsageException(
          String.format(
              "--rerank is %d, but must be at least the %d of -n and %d at most",
              rerank, count, MAXIMUM_CAPTIONS));
    }
  }

  private List<Tessera.Description> captions(
      Tessera tessera, Rgb picture, SamplingOptions options) {
    if (sample) {
      return tessera.sampleCaptions(picture, count, options, session.interruption()::isRequested);
    }
    List<Tessera.Description> found =
        rerank == 0
            ? tessera.caption(picture, Math.max(BEAMS, count), session.interruption()::isRequested)
            : tessera.captionBest(picture, rerank, session.interruption()::isRequested);
    return found.subList(0, Math.min(count, found.size()));
  }

  private List<Tessera.Choice> choose(Tessera tessera, Rgb picture, List<String> offered) {
    List<Tessera.Choice> ranked =
        UsageException.check(
            () -> tessera.classify(picture, offered, session.interruption()::isRequested));
    return ranked.subList(0, Math.min(count, ranked.size()));
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
  }

  private void print(Path image, List<Tessera.Description> captions) {
    if (!json) {
      // A caption is one field of one line, whatever the model put into it.
      captions.forEach(caption -> session.out().println(image + "\t" + oneLine(caption.text())));
      return;
    }
    List<Map<String, Object>> listed = new ArrayList<>();
    for (Tessera.Description caption : captions) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("text", caption.text());
      one.put("logLikelihood", caption.logLikelihood());
      one.put("perToken", caption.perToken());
      listed.add(one);
    }
    printJson(image, "captions", listed);
  }

  private void printChoices(Path image, List<Tessera.Choice> ranked) {
    if (!json) {
      for (Tessera.Choice choice : ranked) {
        session
            .out()
            .printf(
                Locale.ROOT, "%s\t%s\t%.4f%n", image, oneLine(choice.text()), choice.probability());
      }
      return;
    }
    List<Map<String, Object>> listed = new ArrayList<>();
    for (Tessera.Choice choice : ranked) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("text", choice.text());
      one.put("probability", choice.probability());
      one.put("logLikelihood", choice.logLikelihood());
      listed.add(one);
    }
    printJson(image, "choices", listed);
  }

  private void printJson(Path image, String name, List<Map<String, Object>> listed) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("file", image.toString());
    line.put(name, listed);
    session.out().println(new JsonMapper().writeValueAsString(line));
  }
}
