package dev.tessera.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** One call of the command inside this process: its exit code and what it printed. */
record Call(int exitCode, String out, String err) {
  static Call of(Object... arguments) {
    return of(new Interruption(), "", arguments);
  }

  /** Interrupts as soon as standard error says {@code trigger}. */
  static Call interruptedAt(String trigger, Object... arguments) {
    return of(new Interruption(), trigger, arguments);
  }

  private static Call of(Interruption interruption, String trigger, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            if (!trigger.isEmpty() && toString(StandardCharsets.UTF_8).contains(trigger)) {
              interruption.request();
            }
          }
        };
    Session session =
        new Session(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            interruption,
            false);
    String[] args = Stream.of(arguments).map(String::valueOf).toArray(String[]::new);
    int code = Main.run(args, session);
    return new Call(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The lines of standard error. */
  List<String> errors() {
    return err.lines().toList();
  }
}
