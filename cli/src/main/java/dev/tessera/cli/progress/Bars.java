package dev.tessera.cli.progress;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars of one look. */
public final class Bars {
  private static final int UPDATE_MILLISECONDS = 250;

  private Bars() {}

  /**
   * A bar that moves until it is closed.
   *
   * @param name what is being done
   * @param unit what is counted
   * @param from what was done before
   * @param total what there is to do, as far as known
   * @param out a screen
   */
  public static ProgressBar start(
      String name, String unit, long from, long total, PrintStream out) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setUnit(" " + unit, 1)
        .setInitialMax(total)
        .startsFrom(from, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLISECONDS)
        .showSpeed(new DecimalFormat("#.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
        .setConsumer(new ConsoleProgressBarConsumer(out))
        .build();
  }
}
