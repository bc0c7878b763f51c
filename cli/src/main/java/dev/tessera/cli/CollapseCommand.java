package dev.tessera.cli;

import dev.tessera.cli.config.ShippedConfigs;
import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.LookupFree;
import dev.tessera.vqvae.quantiser.Quantiser;
import dev.tessera.vqvae.quantiser.VectorQuantiser;
import dev.tessera.vqvae.training.CollapseTrial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/** Trains each quantiser for a short time from several seeds and shows how much of it is used. */
@Command(
    description = {
      "Train stage 1 briefly with each quantiser and from several seeds, and show which share of"
          + " the codes training pictures use and what perplexity held-out pictures have.",
      "Fails if the default quantiser uses less than 95 % or has a perplexity below 0.4 of its"
          + " codes, or if any uses less than 60 %."
    })
final class CollapseCommand implements Callable<Integer> {
  private static final double DEFAULT_USAGE = 0.95;
  private static final double DEFAULT_PERPLEXITY = 0.4;
  private static final double ANY_USAGE = 0.6;
  private static final int QUICK_SEEDS = 2;

  private final Session session;

  @Parameters(paramLabel = "SOURCE", description = "Pictures to train on.")
  private String source = "";

  @Option(
      names = "--seeds",
      defaultValue = "10",
      paramLabel = "N",
      description = "Seeds of each, from 1 on (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--steps",
      defaultValue = "2000",
      paramLabel = "N",
      description = "Steps of each training (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(names = "--quick", description = "The default quantiser alone, from two seeds.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "KIND",
      description = "One of fsq, vq, gumbel, lfq in place of all.")
  private @Nullable String only;

  @Option(
      names = "--config",
      defaultValue = ShippedConfigs.DEFAULT,
      paramLabel = "F",
      description = "What all have in common (default: ${DEFAULT-VALUE}).")
  private String config = ShippedConfigs.DEFAULT;

  @Option(
      names = "--held-out",
      defaultValue = "0.2",
      paramLabel = "SHARE",
      description = "Share of the pictures that training does not see (default: ${DEFAULT-VALUE}).")
  private double heldOut;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the table there.")
  private @Nullable Path json;

  @Mixin private final CacheOption cache = new CacheOption();
  @Mixin private final ExecutionOptions executionOptions = new ExecutionOptions();

  CollapseCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    RunConfig shared = ShippedConfigs.find(config);
    PreparedPictures pictures = pictures(shared.vqvae());
    Execution execution = executionOptions.execution().get();
    List<Map<String, Object>> rows = new ArrayList<>();
    boolean passed = true;
    session
        .out()
        .printf(
            "%-8s%6s%6s%8s%12s%8s%9s%9s%n",
            "kind", "codes", "seed", "usage", "perplexity", "share", "PSNR", "seconds");
    for (Candidate candidate : candidates(shared.vqvae().quantiser())) {
      for (int seed = 1; seed <= (quick ? QUICK_SEEDS : seeds); seed++) {
        session.leaveIfInterrupted();
        VqvaeConfig vqvae = shared.vqvae().withQuantiser(candidate.quantiser());
        CollapseTrial trial =
            CollapseTrial.run(vqvae, shared.vqvaeTraining(), pictures, seed, execution, steps);
        int codes = candidate.quantiser().codebookSize();
        boolean fine = candidate.isFine(trial);
        passed &= fine;
        session
            .out()
            .printf(
                Locale.ROOT,
                "%-8s%6d%6d%7.1f%%%12.1f%8.3f%9.2f%9.1f%s%n",
                candidate.kind(),
                codes,
                seed,
                100 * trial.usage(),
                trial.perplexity(),
                trial.perplexity() / codes,
                trial.psnr(),
                trial.seconds(),
                fine ? "" : "  misses its bar");
        rows.add(row(candidate, seed, trial, fine));
      }
    }
    write(rows);
    return passed ? ExitCode.DONE : ExitCode.FAILED;
  }

  private PreparedPictures pictures(VqvaeConfig vqvae) throws IOException {
    PictureSource parsed = UsageException.check(() -> PictureSource.parse(source));
    PrepareOptions prepare =
        UsageException.check(
            () ->
                new PrepareOptions(
                    PrepareOptions.DEFAULT.seed(),
                    heldOut,
                    PrepareOptions.DEFAULT.maxBrokenFraction()));
    PrepareListener interruptible = (done, total) -> session.leaveIfInterrupted();
    return PreparedPictures.prepare(
        parsed, vqvae.picture(), cache.folder(), prepare, interruptible);
  }

  /**
   * A quantiser to be tried.
   *
   * @param isDefault whether it is held to more than the others
   */
  private record Candidate(String kind, Quantiser quantiser, boolean isDefault) {
    boolean isFine(CollapseTrial trial) {
      return isDefault
          ? trial.usage() >= DEFAULT_USAGE
              && trial.perplexity() >= DEFAULT_PERPLEXITY * quantiser.codebookSize()
          : trial.usage() >= ANY_USAGE;
    }
  }

  private List<Candidate> candidates(Quantiser shipped) {
    if (quick) {
      return List.of(new Candidate(kind(shipped), shipped, true));
    }
    List<Quantiser> tried = new ArrayList<>();
    tried.add(new FiniteScalar(List.of(8, 8, 8)));
    tried.add(new FiniteScalar(List.of(8, 5, 5, 5)));
    for (int codes : new int[] {512, 1024}) {
      tried.add(
          new VectorQuantiser(
              codes, 16, 0.99, 0.25, 150, 0.1, false, VectorQuantiser.Gradient.STRAIGHT_THROUGH));
      tried.add(
          new GumbelSoftmax(codes, 8, 1, 0.0625, 1e-5, 0.1, 0.02, GumbelSoftmax.Logits.DISTANCES));
      tried.add(new LookupFree(Integer.numberOfTrailingZeros(codes), 0.25, 0.02, false));
    }
    List<Candidate> all = new ArrayList<>();
    for (Quantiser quantiser : tried) {
      String kind = kind(quantiser);
      all.add(new Candidate(kind, quantiser, kind.equals(kind(shipped))));
    }
    if (only != null) {
      all.removeIf(candidate -> !candidate.kind().equals(only));
      if (all.isEmpty()) {
        throw new UsageException("--only is " + only + ", but must be fsq, vq, gumbel or lfq");
      }
    }
    return all;
  }

  /** As configurations call it. */
  private static String kind(Quantiser quantiser) {
    if (quantiser instanceof FiniteScalar) {
      return "fsq";
    }
    if (quantiser instanceof VectorQuantiser) {
      return "vq";
    }
    return quantiser instanceof GumbelSoftmax ? "gumbel" : "lfq";
  }

  private static Map<String, Object> row(
      Candidate candidate, int seed, CollapseTrial trial, boolean fine) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("kind", candidate.kind());
    row.put("codes", candidate.quantiser().codebookSize());
    row.put("seed", seed);
    row.put("usage", trial.usage());
    row.put("perplexity", trial.perplexity());
    row.put("psnr", trial.psnr());
    row.put("seconds", trial.seconds());
    row.put("fine", fine);
    return row;
  }

  private void write(List<Map<String, Object>> rows) throws IOException {
    if (json != null) {
      byte[] text =
          (new ObjectMapper().writeValueAsString(rows) + "\n").getBytes(StandardCharsets.UTF_8);
      AtomicFiles.write(json, out -> out.write(text));
    }
  }
}
