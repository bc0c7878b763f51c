package dev.tessera.cli.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The program that ours is compared with, in a process of its own. It reads lines and answers
 * lines:
 *
 * <pre>
 * NAME   of a benchmark  →  ready, once its workload is prepared and warm
 * run SECONDS            →  what one run took, in the unit of the benchmark, after runs that do
 *                           not count until so many seconds have passed
 * done                   →  no answer; the workload is freed
 * </pre>
 *
 * An answer that begins with {@code failed} says why. What the peer prints to standard error
 * appears on ours.
 */
public final class PeerProcess implements AutoCloseable {
  private static final long POLL_MILLISECONDS = 20;
  private static final long PATIENCE_SECONDS = 10;

  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;
  private final Runnable checkpoint;

  /**
   * Starts the peer.
   *
   * @param command for the shell
   * @param checkpoint runs now and then while an answer is awaited; may throw to give up
   */
  public PeerProcess(String command, Runnable checkpoint) throws IOException {
    this.checkpoint = checkpoint;
    process =
        new ProcessBuilder("sh", "-c", command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    requests =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  /** Has the peer make a benchmark ready. */
  void prepare(String name) throws IOException {
    String answer = ask(name);
    if (!answer.equals("ready")) {
      throw new IOException("the peer answered " + name + " with \"" + answer + "\"");
    }
  }

  /**
   * Has the peer take its turn at what is prepared.
   *
   * @param seconds to work before the step that counts
   * @return what that step took
   */
  double run(double seconds) throws IOException {
    String answer = ask("run " + seconds);
    double time;
    try {
      time = Double.parseDouble(answer);
    } catch (NumberFormatException e) {
      throw new IOException("the peer answered run with \"" + answer + "\", which is no time", e);
    }
    if (!(time > 0 && time < Double.POSITIVE_INFINITY)) {
      throw new IOException("the peer says that a run took " + answer);
    }
    return time;
  }

  /** Has the peer free what is prepared. */
  void done() throws IOException {
    send("done");
  }

  private String ask(String line) throws IOException {
    send(line);
    while (!answers.ready()) {
      if (!process.isAlive() && !answers.ready()) {
        throw new IOException(
            "the peer ended with exit code " + process.exitValue() + " without an answer");
      }
      checkpoint.run();
      try {
        Thread.sleep(POLL_MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for the peer", e);
      }
    }
    String answer = answers.readLine();
    if (answer == null || answer.startsWith("failed")) {
      throw new IOException("the peer " + answer);
    }
    return answer;
  }

  private void send(String line) throws IOException {
    try {
      requests.write(line + "\n");
      requests.flush();
    } catch (IOException e) {
      // It may have said why before it ended.
      String last = answers.ready() ? answers.readLine() : null;
      throw new IOException("the peer " + (last == null ? "is gone" : last), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      requests.close();
    } catch (IOException gone) {
      // A peer that ended by itself reads no more.
    }
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    answers.close();
  }
}
