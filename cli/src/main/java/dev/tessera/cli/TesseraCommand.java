package dev.tessera.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command as a whole: what all its subcommands understand. */
@Command(
    name = "tessera",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    description = "Learns from pictures and captions; makes pictures for captions, and captions.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:wrong usage",
      "130:interrupted; of a training, a checkpoint was saved"
    })
final class TesseraCommand implements Runnable {
  private final Session session;
  private boolean stacktrace;

  TesseraCommand(Session session) {
    this.session = session;
  }

  @Option(
      names = "--quiet",
      scope = ScopeType.INHERIT,
      description = "Print results and failures only.")
  void quiet(boolean wanted) {
    if (wanted) {
      session.beQuiet();
    }
  }

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "After a failure, print where in the program it happened.")
  void stacktrace(boolean wanted) {
    stacktrace = wanted;
  }

  /** Whether whoever asks is looking for a mistake of the program. */
  boolean wantsStacktrace() {
    return stacktrace;
  }

  /** Without a subcommand there is nothing to do. */
  @Override
  public void run() {
    throw new UsageException("a command is missing: see tessera --help");
  }

  /** The command line with all subcommands. */
  CommandLine commandLine() {
    return new CommandLine(this)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .addSubcommand("audit", new AuditCommand(session))
        .addSubcommand("train", new TrainCommand(session))
        .addSubcommand("train-vqvae", new TrainVqvaeCommand(session))
        .addSubcommand("train-transformer", new TrainTransformerCommand(session))
        .addSubcommand("sample", new SampleCommand(session))
        .addSubcommand("caption", new CaptionCommand(session))
        .addSubcommand("reconstruct", new ReconstructCommand(session))
        .addSubcommand("eval", new EvalCommand(session))
        .addSubcommand("recall", new RecallCommand(session))
        .addSubcommand("inspect", new InspectCommand(session))
        .addSubcommand("bench", new BenchCommand(session))
        .setCaseInsensitiveEnumValuesAllowed(true);
  }
}
