package dev.tessera.cli;

import dev.tessera.cli.audit.CaptionFit;
import dev.tessera.cli.audit.TrainingTrial;
import dev.tessera.cli.config.ShippedConfigs;
import dev.tessera.cli.progress.Bars;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.data.Audit;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what is in a source. */
@Command(
    description = {
      "Tell what is in the data: colours, sizes, captions, languages, duplicates, blank and broken"
          + " pictures; what a configuration would cut; and what to do about it.",
      "At its end a training of some seconds finds out how long one takes on this machine."
    })
final class AuditCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "SOURCE", description = SOURCES)
  private String source = "";

  @Option(
      names = "--config",
      paramLabel = "F",
      defaultValue = ShippedConfigs.DEFAULT,
      description =
          "The configuration that training would have: a YAML file, or one of default, demo,"
              + " overfit, overfit-gumbel, fsq, dalle1, emoji, emoji-finish (default: ${DEFAULT-VALUE}).")
  private String config = ShippedConfigs.DEFAULT;

  @Option(
      names = "--size",
      paramLabel = "N|WxH",
      converter = PictureSize.Converter.class,
      description =
          "Sides of the pictures in pixels, or width and height, in place of the configuration's.")
  private @Nullable PictureSize size;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Also write contact-sheet.png and audit.json there.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print one JSON object in place of the report.")
  private boolean json;

  @Option(
      names = "--no-trial",
      description = "Do not find out how long training takes, which needs half a minute.")
  private boolean noTrial;

  @Mixin private final ExecutionOptions executionOptions = new ExecutionOptions();

  /** What stands in the help of every command that takes a source. */
  static final String SOURCES =
      "A folder of pictures, with captions in image.txt beside image.png; emoji; tar:SHARDS of"
          + " WebDataset; coco:FILE.json; idx:FOLDER of the MNIST family; or several joined by +,"
          + " each with *WEIGHT if wanted.";

  AuditCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureSource pictures = UsageException.check(() -> PictureSource.parse(source));
    RunConfig found = ShippedConfigs.find(config);
    RunConfig sized = UsageException.check(() -> size == null ? found : size.in(found));
    Audit audit = audit(pictures, sized.vqvae().picture());
    CaptionFit fit = CaptionFit.of(audit.captions(), sized.text());
    AuditReport report = new AuditReport(audit, sized, fit, trial(audit, sized));
    session.out().print(json ? report.json() : report.text());
    if (out != null) {
      report.write(out);
    }
    return ExitCode.DONE;
  }

  private @Nullable TrainingTrial trial(Audit audit, RunConfig sized) throws IOException {
    if (noTrial || audit.usable() == audit.blank().count()) {
      return null;
    }
    session.note("trying out how long training takes");
    return TrainingTrial.of(
        audit,
        sized,
        executionOptions.execution(),
        TrainingTrial.SECONDS,
        session.interruption()::isRequested);
  }

  private Audit audit(PictureSource pictures, PictureConfig picture) throws IOException {
    if (!session.showsBars()) {
      return Audit.of(pictures, picture, 0, (done, total) -> session.leaveIfInterrupted());
    }
    try (ProgressBar bar = Bars.start("reading pictures", "pictures", 0, 1, session.err())) {
      PrepareListener shown =
          (done, total) -> {
            session.leaveIfInterrupted();
            bar.maxHint(total);
            bar.stepTo(done);
          };
      return Audit.of(pictures, picture, 0, shown);
    }
  }
}
