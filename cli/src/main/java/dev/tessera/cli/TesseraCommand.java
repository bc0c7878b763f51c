package dev.tessera.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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

  /**
   * The command line with the subcommand that {@code args} begin with, or with all of them: to read
   * the options of all takes longer than to carry out some.
   */
  CommandLine commandLine(String... args) {
    Map<String, Function<Session, Object>> all = subcommands();
    CommandLine line = new CommandLine(this);
    if (args.length > 0 && all.containsKey(args[0])) {
      all.keySet().retainAll(List.of(args[0]));
    }
    all.forEach((name, make) -> line.addSubcommand(name, make.apply(session)));
    return line.setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static Map<String, Function<Session, Object>> subcommands() {
    // Not Command::new, which would load all the classes.
    Map<String, Function<Session, Object>> all = new LinkedHashMap<>();
    all.put("audit", session -> new AuditCommand(session));
    all.put("train", session -> new TrainCommand(session));
    all.put("train-vqvae", session -> new TrainVqvaeCommand(session));
    all.put("train-transformer", session -> new TrainTransformerCommand(session));
    all.put("train-ranker", session -> new TrainRankerCommand(session));
    all.put("compact", session -> new CompactCommand(session));
    all.put("sample", session -> new SampleCommand(session));
    all.put("complete", session -> new CompleteCommand(session));
    all.put("vary", session -> new VaryCommand(session));
    all.put("interpolate", session -> new InterpolateCommand(session));
    all.put("caption", session -> new CaptionCommand(session));
    all.put("reconstruct", session -> new ReconstructCommand(session));
    all.put("eval", session -> new EvalCommand(session));
    all.put("runs", session -> new RunsCommand(session));
    all.put("recall", session -> new RecallCommand(session));
    all.put("recognise", session -> new RecogniseCommand(session));
    all.put("collapse", session -> new CollapseCommand(session));
    all.put("bench", session -> new BenchCommand(session));
    all.put("tokenizer", session -> new TokenizerCommand(session));
    all.put("dvae-duel", session -> new DvaeDuelCommand(session));
    all.put("inspect", session -> new InspectCommand(session));
    return all;
  }
}
