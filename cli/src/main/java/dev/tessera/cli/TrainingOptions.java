package dev.tessera.cli;

import dev.tessera.cli.config.Colour;
import dev.tessera.cli.config.ConfigFile;
import dev.tessera.cli.config.ShippedConfigs;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.transformer.pipeline.Found;
import dev.tessera.transformer.pipeline.RunBudget;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.transformer.pipeline.RunFolder;
import dev.tessera.transformer.pipeline.TwoStageTraining;
import dev.tessera.transformer.training.TransformerTraining;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.training.VqvaeTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What all training commands understand. */
final class TrainingOptions {
  @Parameters(
      paramLabel = "SOURCE",
      description = "A folder of pictures, with captions in image.txt beside image.png; or emoji.")
  private String source = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "RUN",
      description = "The folder of the run.")
  private Path out = Path.of("");

  @Option(
      names = "--config",
      paramLabel = "F",
      description = "A YAML file, or one of default, demo, overfit, dalle1 (default: default).")
  private @Nullable String config;

  @Option(
      names = "--size",
      paramLabel = "N",
      description = "Sides of the pictures, in pixels, in place of the configuration's.")
  private @Nullable Integer size;

  @Option(
      names = "--background",
      paramLabel = "RRGGBB",
      description = "What transparent pixels are laid on, in place of the configuration's.")
  private @Nullable String background;

  @ArgGroup private @Nullable BudgetOptions budget;

  @Mixin private ExecutionOptions executionOptions = new ExecutionOptions();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of everything drawn (default: 0; when resuming, that of the run).")
  private @Nullable Long seed;

  @Option(names = "--resume", description = "Go on with the run in the folder.")
  private boolean resume;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = "Share of the pictures that training does not see (default: ${DEFAULT-VALUE}).")
  private double heldOut;

  @Option(
      names = "--max-broken",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = "Share of unusable files at which to give up (default: ${DEFAULT-VALUE}).")
  private double maxBroken;

  @Mixin private final CacheOption cache = new CacheOption();

  /** The run that is asked for. */
  TwoStageTraining.Setup setup() throws IOException {
    PictureSource pictures = UsageException.check(() -> PictureSource.parse(source));
    PrepareOptions prepare =
        UsageException.check(
            () -> new PrepareOptions(PrepareOptions.DEFAULT.seed(), heldOut, maxBroken));
    RunFolder folder = new RunFolder(out);
    requireFolder(folder);
    RunConfig complete = config(folder);
    RunConfig adapted = UsageException.check(() -> adapted(complete));
    return new TwoStageTraining.Setup(
        pictures,
        cache.folder(),
        prepare,
        adapted,
        folder,
        seed != null ? seed : seedOf(folder),
        Version.number(),
        Found.NOTHING,
        executionOptions.execution());
  }

  /** How long it may take. */
  RunBudget budget() {
    BudgetOptions asked = budget != null ? budget : new BudgetOptions();
    return UsageException.check(asked::budget);
  }

  private void requireFolder(RunFolder folder) {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new UsageException(out + " is a file, but --out must be a folder");
    }
    if (folder.isUsed() && !resume) {
      throw new UsageException(
          out + " holds a run already: go on with it by --resume, or choose another folder");
    }
    if (!folder.isUsed() && resume) {
      throw new UsageException(out + " holds no run that could be resumed");
    }
  }

  private RunConfig config(RunFolder folder) throws IOException {
    if (config != null) {
      return ShippedConfigs.find(config);
    }
    return resume ? ConfigFile.read(folder.config()) : ShippedConfigs.find(ShippedConfigs.DEFAULT);
  }

  /** The configuration with what single options say in its place. */
  private RunConfig adapted(RunConfig complete) {
    VqvaeConfig vqvae = complete.vqvae();
    PictureConfig picture = vqvae.picture();
    PictureConfig adapted =
        new PictureConfig(
            size != null ? size : picture.height(),
            size != null ? size : picture.width(),
            background != null ? Colour.parse(background) : picture.background(),
            picture.fit());
    return complete.withVqvae(
        new VqvaeConfig(
            adapted,
            vqvae.downsampling(),
            vqvae.width(),
            vqvae.gridWidth(),
            vqvae.residualBlocks(),
            vqvae.quantiser()));
  }

  /** The seed that the checkpoints of a folder tell; 0 if there are none. */
  private static long seedOf(RunFolder folder) throws IOException {
    for (String stage : List.of(TransformerTraining.STAGE, VqvaeTraining.STAGE)) {
      List<Path> all = new Checkpoints(folder.checkpoints(stage), 1).all();
      if (!all.isEmpty()) {
        return Checkpoints.state(all.get(all.size() - 1).resolve("training.pb")).getSeed();
      }
    }
    return 0;
  }
}
