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
import dev.tessera.vqvae.training.Adversary;
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
  @Parameters(paramLabel = "SOURCE", description = AuditCommand.SOURCES)
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
      description =
          "A YAML file, or one of default, demo, overfit, overfit-gumbel, fsq, dalle1, emoji,"
              + " emoji-finish"
              + " (default: default).")
  private @Nullable String config;

  @Option(
      names = "--size",
      paramLabel = "N|WxH",
      converter = PictureSize.Converter.class,
      description =
          "Sides of the pictures in pixels, or width and height, in place of the configuration's.")
  private @Nullable PictureSize size;

  @Option(
      names = "--downsampling",
      paramLabel = "4|8|16",
      description =
          "Pixels per token along a side, in place of the configuration's: 4 makes most tokens and"
              + " the best pictures, and takes longest.")
  private @Nullable Integer downsampling;

  @Option(
      names = "--background",
      paramLabel = "RRGGBB",
      description = "What transparent pixels are laid on, in place of the configuration's.")
  private @Nullable String background;

  @Option(
      names = "--adversarial",
      description =
          "Let stage 1 learn from edges too, and in the end against a discriminator (VQGAN), for"
              + " sharper edges at a lower PSNR; adversary in a configuration says how.")
  private boolean adversarial;

  @ArgGroup private @Nullable BudgetOptions budget;

  @Mixin private ExecutionOptions executionOptions = new ExecutionOptions();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of everything drawn (default: 0; when resuming, that of the run).")
  private @Nullable Long seed;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description =
          "A vocabulary in place of one learned from the captions: tokenizer.pb, a Hugging Face"
              + " tokenizer.json or a bundle.")
  private @Nullable Path tokenizer;

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
    return setup(null, null);
  }

  /**
   * The run that is asked for.
   *
   * @param tokens a folder of token shards that another run made, if there is one
   * @param start a bundle whose stage 2 is learned from on, if there is one
   */
  TwoStageTraining.Setup setup(@Nullable Path tokens, @Nullable Path start) throws IOException {
    if (start != null && (tokens != null || tokenizer != null)) {
      throw new UsageException(
          "--from comes with its tokenizer, so --tokenizer or --tokens is one too many");
    }
    if (tokens != null && tokenizer != null) {
      throw new UsageException(
          "--tokens come with their tokenizer, so --tokenizer is one too many");
    }
    PictureSource pictures = UsageException.check(() -> PictureSource.parse(source));
    PrepareOptions prepare =
        UsageException.check(
            () -> new PrepareOptions(PrepareOptions.DEFAULT.seed(), heldOut, maxBroken));
    RunFolder folder = new RunFolder(out);
    requireFolder(folder);
    RunConfig complete = config(folder);
    RunConfig adapted = UsageException.check(() -> adapted(learning(complete)));
    return new TwoStageTraining.Setup(
        pictures,
        cache.folder(),
        prepare,
        adapted,
        folder,
        seed != null ? seed : seedOf(folder),
        Version.number(),
        found(tokens, start),
        executionOptions.execution());
  }

  private Found found(@Nullable Path tokens, @Nullable Path start) throws IOException {
    if (start != null) {
      return Found.model(start);
    }
    if (tokens != null) {
      return Found.tokens(tokens);
    }
    return tokenizer == null ? Found.NOTHING : Found.tokenizer(TokenizerFile.read(tokenizer));
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
    PictureConfig picture = complete.vqvae().picture();
    PictureConfig sized = size == null ? picture : size.in(picture);
    PictureConfig laid =
        background == null
            ? sized
            : new PictureConfig(
                sized.height(), sized.width(), Colour.parse(background), sized.fit());
    VqvaeConfig vqvae = complete.vqvae();
    int pixels = downsampling == null ? vqvae.downsampling() : downsampling;
    return complete.withVqvae(vqvae.with(laid, pixels));
  }

  private RunConfig learning(RunConfig complete) {
    boolean asIs =
        !adversarial || complete.vqvaeTraining().adversary() instanceof Adversary.Patches;
    return asIs
        ? complete
        : complete.withVqvaeTraining(complete.vqvaeTraining().with(Adversary.Patches.DEFAULT));
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
