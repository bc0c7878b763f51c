package dev.tessera.cli;

/** What the process ends with. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  /** As shells report a process that ended by SIGINT; of a training, a checkpoint was saved. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
