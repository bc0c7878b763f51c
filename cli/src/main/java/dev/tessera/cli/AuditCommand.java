package dev.tessera.cli;

import dev.tessera.cli.progress.Bars;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what is in a source. */
@Command(
    description = "Tell what is in the data: counts, sizes, captions, duplicates, broken files.")
final class AuditCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      paramLabel = "SOURCE",
      description = "A folder of pictures, with captions in image.txt beside image.png; or emoji.")
  private String source = "";

  @Option(
      names = "--size",
      paramLabel = "N",
      defaultValue = "32",
      description = "Sides at which pictures are compared (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Also write contact-sheet.png and audit.json there.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print one JSON object in place of the report.")
  private boolean json;

  AuditCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    PictureSource pictures = UsageException.check(() -> PictureSource.parse(source));
    PictureConfig config = UsageException.check(() -> PictureConfig.square(size));
    AuditReport report = new AuditReport(audit(pictures, config));
    session.out().print(json ? report.json() : report.text());
    if (out != null) {
      report.write(out);
    }
    return ExitCode.DONE;
  }

  private Audit audit(PictureSource pictures, PictureConfig config) throws IOException {
    if (!session.showsBars()) {
      return Audit.of(pictures, config, 0, (done, total) -> session.leaveIfInterrupted());
    }
    try (ProgressBar bar = Bars.start("reading pictures", "pictures", 0, 1, session.err())) {
      PrepareListener shown =
          (done, total) -> {
            session.leaveIfInterrupted();
            bar.maxHint(total);
            bar.stepTo(done);
          };
      return Audit.of(pictures, config, 0, shown);
    }
  }
}
