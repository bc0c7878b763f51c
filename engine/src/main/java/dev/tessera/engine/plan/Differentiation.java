package dev.tessera.engine.plan;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * SameDiff's automatic differentiation, without the line that it prints to standard output for
 * every operation. Only the calling thread is silenced, and only meanwhile.
 */
final class Differentiation {
  private Differentiation() {}

  /** The graph of the gradients of {@code loss}, with the forward operations it needs. */
  static synchronized SameDiff gradientGraph(
      SameDiff forward, String loss, Collection<String> parameters) {
    PrintStream console = System.out;
    System.setOut(
        new PrintStream(
            new Silenced(console, Thread.currentThread()), true, StandardCharsets.UTF_8));
    try {
      forward.setLossVariables(loss);
      forward.createGradFunction(parameters.toArray(String[]::new));
    } finally {
      System.setOut(console);
    }
    return forward.getFunction("grad");
  }

  /** Passes on what other threads write. */
  private static final class Silenced extends OutputStream {
    private final PrintStream console;
    private final Thread silent;

    Silenced(PrintStream console, Thread silent) {
      this.console = console;
      this.silent = silent;
    }

    @Override
    public void write(int b) {
      if (Thread.currentThread() != silent) {
        console.write(b);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (Thread.currentThread() != silent) {
        console.write(bytes, offset, length);
      }
    }
  }
}
