package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
  private final LoggerContext logging = new LoggerContext();

  /** What goes to standard error while something is logged. */
  private String printed(Runnable logs) {
    PrintStream before = System.err;
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
    logging.setMDCAdapter(new LogbackMDCAdapter());
    try {
      new Logging().configure(logging);
      logs.run();
    } finally {
      System.setErr(before);
    }
    return caught.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLineIsLevelAndMessageWithoutAStackTrace() {
    Throwable cause = new IllegalStateException("why");
    String printed = printed(() -> logging.getLogger("dev.tessera.x").info("{} left", 3, cause));
    assertThat(printed.lines()).containsExactly("INFO  3 left");
  }

  @Test
  void chatterOfTheNumericalLibrariesIsKeptBack() {
    String printed =
        printed(
            () -> {
              logging.getLogger("org.nd4j.x").warn("chatter");
              logging.getLogger("org.bytedeco.x").warn("chatter");
              logging.getLogger("somebody.else").info("chatter");
              logging.getLogger("somebody.else").warn("said");
              logging.getLogger("org.nd4j.x").error("failed");
            });
    assertThat(printed.lines()).containsExactly("WARN  said", "ERROR failed");
  }

  @Test
  void itIsWhatLogbackUses() {
    LoggerContext used = (LoggerContext) LoggerFactory.getILoggerFactory();
    assertThat(used.getLogger("org.bytedeco").getLevel()).hasToString("ERROR");
  }
}
