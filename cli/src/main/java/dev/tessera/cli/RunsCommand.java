package dev.tessera.cli;

import dev.tessera.cli.runs.RunSummary;
import dev.tessera.cli.runs.RunsPage;
import dev.tessera.cli.runs.RunsTable;
import dev.tessera.engine.store.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares run folders. */
@Command(
    description = {
      "Compare the run folders in a folder by their logs: the newest figures of each.",
      "--out PAGE.html adds the curves of all measures, on one page for a browser."
    })
final class RunsCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "DIR", description = "A folder of run folders, or one of them.")
  private Path folder = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "PAGE",
      description = "Write a page, a file that ends in .html.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print one JSON object in place of lines.")
  private boolean json;

  RunsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (out != null && !out.toString().toLowerCase(Locale.ROOT).endsWith(".html")) {
      throw new UsageException("--out is " + out + ", but must end in .html");
    }
    List<RunSummary> runs = RunSummary.in(folder);
    session.out().print(json ? RunsTable.json(runs) : RunsTable.text(runs));
    if (out != null) {
      Path parent = out.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      byte[] page = RunsPage.html(folder.toString(), runs).getBytes(StandardCharsets.UTF_8);
      AtomicFiles.write(out, file -> file.write(page));
      session.note("tessera: wrote " + out);
    }
    return ExitCode.DONE;
  }
}
