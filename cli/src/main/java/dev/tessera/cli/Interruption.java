package dev.tessera.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C (SIGINT, SIGTERM) as a question that work asks now and then. The virtual machine waits
 * with its end until the work has stopped: a training saves a checkpoint first, anything else gets
 * {@value #PATIENCE_SECONDS} seconds. A second signal ends the process at once.
 */
final class Interruption {
  private static final int PATIENCE_SECONDS = 3;

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;
  private volatile boolean savesFirst;

  /** One that the signals of this process request. */
  static Interruption ofProcess() {
    Interruption interruption = new Interruption();
    Thread hook = new Thread(interruption::shutDown, "tessera-interruption");
    Runtime.getRuntime().addShutdownHook(hook);
    return interruption;
  }

  /** Whether the work should stop. */
  boolean isRequested() {
    return requested;
  }

  /** Asks the work to stop, as a signal does. */
  void request() {
    requested = true;
  }

  /** From now on the end of the process waits for the work however long it takes to save. */
  void savesFirst() {
    savesFirst = true;
  }

  /** The work has ended and nothing more is to be waited for. */
  void finished() {
    finished.countDown();
  }

  /** Runs when the virtual machine ends, for whatever reason. */
  private void shutDown() {
    if (finished.getCount() == 0) {
      return;
    }
    requested = true;
    endAtSecondSignal("INT");
    endAtSecondSignal("TERM");
    try {
      if (savesFirst) {
        finished.await();
      } else if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
  }

  /**
   * The virtual machine ignores signals while it shuts down. The class that can change that belongs
   * to no standard, so it is looked up by name and done without where it is missing.
   */
  private static void endAtSecondSignal(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object end =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), end);
    } catch (ReflectiveOperationException | IllegalArgumentException unavailable) {
      // The first signal still saves and ends; only the impatient second one does nothing.
    }
  }
}
