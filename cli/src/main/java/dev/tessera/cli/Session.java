package dev.tessera.cli;

import dev.tessera.Tessera;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;

/** What all commands of one call share: where they print, and how they are stopped. */
final class Session {
  private final PrintStream out;
  private final PrintStream err;
  private final Interruption interruption;
  private final boolean terminal;
  private boolean quiet;

  /**
   * @param terminal whether {@code err} is a screen on which progress bars can move
   */
  Session(PrintStream out, PrintStream err, Interruption interruption, boolean terminal) {
    this.out = out;
    this.err = err;
    this.interruption = interruption;
    this.terminal = terminal;
  }

  /**
   * Whether standard error of this process is a screen. Linux tells; elsewhere whoever starts the
   * program can, by the system property {@code tessera.terminal}.
   */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException elsewhere) {
      return Boolean.getBoolean("tessera.terminal");
    }
  }

  /** For results. */
  PrintStream out() {
    return out;
  }

  /** For everything else. */
  PrintStream err() {
    return err;
  }

  Interruption interruption() {
    return interruption;
  }

  /** Says something that isn't a result. */
  void note(String line) {
    if (!quiet) {
      err.println(line);
    }
  }

  /** Says so if a model will not see the end of a prompt. */
  void warnIfCut(Tessera tessera, String prompt) {
    if (tessera.isTruncated(prompt)) {
      note("tessera: the prompt is longer than the model's text, its end is cut: " + prompt);
    }
  }

  /** Whether progress bars are wanted. */
  boolean showsBars() {
    return terminal && !quiet;
  }

  void beQuiet() {
    quiet = true;
  }

  /** Leaves work that knows no other way to be stopped. */
  void leaveIfInterrupted() {
    if (interruption.isRequested()) {
      throw new CancellationException("interrupted");
    }
  }
}
