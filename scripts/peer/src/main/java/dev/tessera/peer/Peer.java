package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.manual_seed;
import static org.bytedeco.pytorch.global.torch.set_num_threads;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * One workload in a process of its own; {@code scripts/peer/run} says what that is good for.
 *
 * <pre>
 * try NAME           prints a line for each setting of the benchmark: setting, tab, time of a run
 * run NAME SETTING   prepares the benchmark and prints "ready"; for each line "run SECONDS" of
 *                    standard input works so long and prints what one run after that took; ends at
 *                    any other line
 * </pre>
 *
 * A failure is the line "failed" with a sentence, and exit code 1.
 */
public final class Peer {
  private static final String RUN = "run ";

  private Peer() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    // Whatever else prints to standard output would be taken for an answer.
    System.setOut(System.err);
    try {
      set_num_threads(Runtime.getRuntime().availableProcessors());
      manual_seed(0);
      Workloads.Choice choice = Workloads.named(arguments[1]);
      switch (arguments[0]) {
        case "try" -> tryAll(choice, answers);
        case "run" -> serve(choice, arguments[2], answers);
        default -> throw new IllegalArgumentException("there is no mode " + arguments[0]);
      }
    } catch (RuntimeException | LinkageError e) {
      answers.println("failed " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      System.exit(1);
    }
  }

  private static void tryAll(Workloads.Choice choice, PrintStream answers) {
    for (Setting setting : choice.settings()) {
      answers.println(setting + "\t" + Trials.time(choice, setting));
    }
  }

  private static void serve(Workloads.Choice choice, String setting, PrintStream answers)
      throws IOException {
    // System.in would read ahead, and what follows the last line is not for this process.
    InputStream requests = new FileInputStream(FileDescriptor.in);
    Workload workload = Trials.warm(choice, choice.setting(setting));
    try {
      answers.println("ready");
      for (String line = line(requests); line.startsWith(RUN); line = line(requests)) {
        answers.println(workload.turn(Double.parseDouble(line.substring(RUN.length()))));
      }
    } finally {
      workload.close();
    }
  }

  /** One line, and no byte more; empty at the end. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString();
  }
}
