package dev.tessera.cli;

import dev.tessera.cli.config.ConfigException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.nd4j.common.config.ND4JSystemProperties;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Where the {@code tessera} command begins and ends. */
public final class Main {
  /** Tells how many iterations it did; kept, as loggers that nobody holds forget their level. */
  private static final Logger CLUSTERING = Logger.getLogger("org.tribuo");

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    prepareProcess();
    // Captions are UTF-8 wherever they go, whatever the locale says.
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    Interruption interruption = Interruption.ofProcess();
    int code = run(args, new Session(out, err, interruption, Session.isTerminal()));
    out.flush();
    err.flush();
    interruption.finished();
    System.exit(code);
  }

  /** Settings of the libraries that are the process's and not a call's. */
  static void prepareProcess() {
    CLUSTERING.setLevel(Level.WARNING);
    // JavaCPP's warnings go where Logging decides.
    System.setProperty("org.bytedeco.javacpp.logger", "slf4j");
    System.setProperty("java.awt.headless", "true");
    // Progress bars ask JLine for the width of the screen; of its providers, one is out of date.
    System.setProperty("org.jline.terminal.disableDeprecatedProviderWarning", "true");
    // ND4J would find out about the machine and its own version to log them, which Logging keeps
    // back.
    System.setProperty(ND4JSystemProperties.LOG_INITIALIZATION, "false");
    System.setProperty(ND4JSystemProperties.VERSION_CHECK_PROPERTY, "false");
  }

  /**
   * Runs one command inside another program.
   *
   * @param out gets results, in UTF-8 if the stream is
   * @param err gets everything else
   * @return the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, new Session(out, err, new Interruption(), false));
  }

  static int run(String[] args, Session session) {
    TesseraCommand command = new TesseraCommand(session);
    CommandLine line =
        command
            .commandLine(args)
            .setOut(new PrintWriter(session.out(), true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(session.err(), true, StandardCharsets.UTF_8))
            .setParameterExceptionHandler((e, arguments) -> misused(e, session))
            .setExecutionExceptionHandler((e, failed, parsed) -> failed(e, command, session));
    try {
      return line.execute(args);
    } catch (Error e) {
      // Exceptions were explained by the handler; errors such as a lack of memory get here.
      return failed(e, command, session);
    }
  }

  private static int misused(ParameterException e, Session session) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    session
        .err()
        .printf(
            "tessera: %s (see %s --help)%n",
            message, e.getCommandLine().getCommandSpec().qualifiedName());
    return ExitCode.WRONG_USAGE;
  }

  private static int failed(Throwable e, TesseraCommand command, Session session) {
    if (command.wantsStacktrace()) {
      e.printStackTrace(session.err());
    }
    if (session.interruption().isRequested() || e instanceof CancellationException) {
      session.err().println("tessera: interrupted");
      return ExitCode.INTERRUPTED;
    }
    session.err().println("tessera: " + Explanation.of(e));
    return e instanceof UsageException || e instanceof ConfigException
        ? ExitCode.WRONG_USAGE
        : ExitCode.FAILED;
  }
}
