package dev.tessera.cli;

import dev.tessera.cli.config.ShippedConfigs;
import dev.tessera.cli.duel.Contender;
import dev.tessera.cli.duel.DvaeDuel;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Compares stage 1 with another project's; {@code scripts/dvae-duel} starts it. */
@Command(
    hidden = true,
    description = "Compare stage 1 with DALLE-pytorch's on the same pictures: scripts/dvae-duel.")
final class DvaeDuelCommand implements Callable<Integer> {
  /** With these, ours has about as many parameters as the peer, which are 1.27 million. */
  private static final int WIDTH = 48;

  private static final int GRID_WIDTH = 104;
  private static final int DOWNSAMPLING = 8;

  private final Session session;

  @Mixin private final CacheOption cache = new CacheOption();

  @Mixin private final SearchOption search = new SearchOption();

  @Parameters(paramLabel = "SOURCE", defaultValue = "emoji", description = "Pictures.")
  private String source = "";

  @Option(names = "--peer", required = true, paramLabel = "COMMAND", description = "Starts it.")
  private String peer = "";

  @Option(names = "--size", defaultValue = "64", description = "Sides (default: 64).")
  private int size;

  @Option(names = "--minutes", defaultValue = "10", description = "For each side (default: 10).")
  private double minutes;

  @Option(
      names = "--variants",
      split = ",",
      defaultValue = "default,kl,kl-repaired",
      description = "Of the peer: default, kl, kl-repaired (default: all).")
  private List<String> variants = new ArrayList<>();

  @Option(
      names = "--kl-weight",
      defaultValue = "0.0001",
      description = "Of the variants with a divergence (default: ${DEFAULT-VALUE}).")
  private double klWeight;

  @Option(names = "--seed", defaultValue = "0", description = "Of both sides (default: 0).")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
  private @Nullable Path json;

  DvaeDuelCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureSource pictures = UsageException.check(() -> PictureSource.parse(source));
    PictureConfig shape = UsageException.check(() -> PictureConfig.square(size));
    RunConfig config = ShippedConfigs.find(ShippedConfigs.DEFAULT);
    VqvaeConfig model =
        UsageException.check(
            () ->
                new VqvaeConfig(
                    shape,
                    DOWNSAMPLING,
                    WIDTH,
                    GRID_WIDTH,
                    config.vqvae().residualBlocks(),
                    config.vqvae().quantiser(),
                    config.vqvae().loss()));
    PreparedPictures prepared =
        PreparedPictures.prepare(
            pictures,
            shape,
            cache.folder(),
            PrepareOptions.DEFAULT,
            (done, total) -> session.leaveIfInterrupted());
    DvaeDuel duel =
        UsageException.check(
            () ->
                new DvaeDuel(
                    model,
                    config.vqvaeTraining(),
                    prepared,
                    minutes,
                    DvaeDuel.variants(variants),
                    klWeight,
                    seed,
                    search.sweeps()));
    session
        .out()
        .printf(
            Locale.ROOT,
            "%s, %d×%d: %d pictures to learn from, %d held out%n",
            pictures.spec(),
            size,
            size,
            prepared.training().length,
            prepared.heldOut().length);
    session
        .out()
        .printf(
            "%-36s%12s%12s%10s%9s%9s%9s%n",
            "", "parameters", "pictures", "seconds", "PSNR", "SSIM", "edge");
    Path folder = Files.createTempDirectory("dvae-duel");
    try {
      session.interruption().savesFirst();
      List<Contender> contenders =
          duel.fight(peer, folder, session.interruption()::isRequested, this::print);
      if (json != null) {
        write(json, contenders);
      }
    } finally {
      AtomicFiles.deleteDirectory(folder);
    }
    return ExitCode.DONE;
  }

  private void print(Contender contender) {
    session
        .out()
        .printf(
            Locale.ROOT,
            "%-36s%12d%12d%10.1f%9.2f%9.4f%9.2f%n",
            contender.name(),
            contender.parameters(),
            contender.pictures(),
            contender.seconds(),
            contender.fidelity().psnr(),
            contender.fidelity().ssim(),
            contender.fidelity().edgeError());
  }

  private void write(Path file, List<Contender> contenders) throws IOException {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("source", source);
    document.put("size", size);
    document.put("minutes", minutes);
    document.put("klWeight", klWeight);
    document.put("seed", seed);
    document.put("sweeps", search.sweeps());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Contender contender : contenders) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", contender.name());
      row.put("parameters", contender.parameters());
      row.put("pictures", contender.pictures());
      row.put("seconds", contender.seconds());
      contender.fidelity().byName().entrySet().stream()
          .filter(measure -> !measure.getKey().matches("usage|perplexity"))
          .filter(measure -> Double.isFinite(measure.getValue()))
          .forEach(measure -> row.put(measure.getKey(), measure.getValue()));
      rows.add(row);
    }
    document.put("contenders", rows);
    String text =
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(document);
    AtomicFiles.write(file, out -> out.write((text + "\n").getBytes(StandardCharsets.UTF_8)));
  }
}
