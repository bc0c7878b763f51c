package dev.tessera.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * What the libraries log goes to standard error; ND4J's chatter at start-up does not. Written as
 * code, since reading the same from XML takes as long as loading ND4J's native library.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {
  /** Held, as the JDK forgets the level of a logger that nobody holds. */
  private static final java.util.logging.Logger TRIBUO =
      java.util.logging.Logger.getLogger("org.tribuo");

  /** Level and message, without stack traces: the command explains its failures itself. */
  static final class Line extends LayoutBase<ILoggingEvent> {
    @Override
    public String doLayout(ILoggingEvent event) {
      return String.format("%-5s %s%n", event.getLevel(), event.getFormattedMessage());
    }
  }

  /** Tribuo logs through the JDK, which prints every step of a training. */
  static void quietTribuo() {
    TRIBUO.setLevel(java.util.logging.Level.WARNING);
  }

  @Override
  public ExecutionStatus configure(LoggerContext logging) {
    logging.getLogger("dev.tessera").setLevel(Level.INFO);
    logging.getLogger("org.nd4j").setLevel(Level.ERROR);
    // ND4J works with the newer JavaCPP that it is given, and JavaCPP warns of that.
    logging.getLogger("org.bytedeco").setLevel(Level.ERROR);
    Logger root = logging.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(standardError(logging));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static ConsoleAppender<ILoggingEvent> standardError(LoggerContext logging) {
    Line line = new Line();
    line.setContext(logging);
    line.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(logging);
    encoder.setLayout(line);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(logging);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
