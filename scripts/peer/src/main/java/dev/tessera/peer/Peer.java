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
 * Prepares the benchmark that its argument names, answers {@code ready}, then each line {@code run}
 * with how long one run took, until the line {@code done}. A failure is the answer {@code failed}
 * with a sentence.
 */
public final class Peer {
  private Peer() {}

  public static void main(String[] arguments) throws IOException {
    PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    // Whatever else prints to standard output would be taken for an answer.
    System.setOut(System.err);
    try {
      serve(arguments[0], answers);
    } catch (RuntimeException | LinkageError e) {
      answers.println("failed " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      System.exit(1);
    }
  }

  private static void serve(String name, PrintStream answers) throws IOException {
    set_num_threads(Runtime.getRuntime().availableProcessors());
    manual_seed(0);
    Workload workload = Fastest.of(Workloads.named(name), line -> log(name + " in " + line));
    // System.in would read ahead, and what comes after "done" is not for this process.
    InputStream requests = new FileInputStream(FileDescriptor.in);
    try {
      answers.println("ready");
      while (line(requests).equals("run")) {
        answers.println(workload.run());
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

  private static void log(String line) {
    System.err.println("peer: " + line);
  }
}
