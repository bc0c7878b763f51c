package dev.tessera.cli.report;

import dev.tessera.cli.history.Curve;
import dev.tessera.vqvae.picture.Png;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Curves as a PNG file, drawn by XChart for light pages on a transparent ground: a dark page turns
 * the brightness round and keeps the colours.
 */
final class CurvePicture {
  /** Size on a page, in its pixels. */
  static final int WIDTH = 400;

  static final int HEIGHT = 220;

  /** Pixels of the file for each of the page's, for screens that have more. */
  private static final int SHARPNESS = 2;

  private static final int MOST_POINTS = 250;

  /** Fewer points are marked, as a line alone would hide where they are. */
  private static final int MARKED = 30;

  private static final int MARKER = 5;
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final Color CLEAR = new Color(0, 0, 0, 0);
  private static final Color TEXT = new Color(0x404040);
  private static final Color GRID = new Color(0, 0, 0, 28);
  private static final List<Color> COLOURS =
      List.of(new Color(0x1F6FB5), new Color(0xC8591A), new Color(0x2E8B57), new Color(0x8A4FB0));

  private CurvePicture() {}

  /**
   * Draws curves over one another.
   *
   * @param curves at least one, none without points
   */
  static byte[] png(List<Curve> curves) throws IOException {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).build();
    style(chart.getStyler(), curves.size() > 1);
    for (int i = 0; i < curves.size(); i++) {
      add(chart, curves.get(i).thinned(MOST_POINTS), i);
    }
    BufferedImage image =
        new BufferedImage(WIDTH * SHARPNESS, HEIGHT * SHARPNESS, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.scale(SHARPNESS, SHARPNESS);
      chart.paint(graphics, WIDTH, HEIGHT);
    } finally {
      graphics.dispose();
    }
    return Png.bytes(image);
  }

  private static void add(XYChart chart, Curve curve, int number) {
    double[] steps = curve.points().stream().mapToDouble(Curve.Point::step).toArray();
    double[] values = curve.points().stream().mapToDouble(Curve.Point::value).toArray();
    String name = curve.name().isEmpty() ? "curve " + number : curve.name();
    XYSeries series = chart.addSeries(name, steps, values);
    Color colour = COLOURS.get(number % COLOURS.size());
    series.setLineColor(colour);
    series.setLineStyle(new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    series.setMarkerColor(colour);
    series.setMarker(steps.length <= MARKED ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
  }

  private static void style(XYStyler style, boolean legend) {
    style.setLocale(Locale.ROOT);
    style.setBaseFont(FONT);
    style.setChartBackgroundColor(CLEAR);
    style.setPlotBackgroundColor(CLEAR);
    style.setPlotBorderVisible(false);
    style.setChartFontColor(TEXT);
    style.setChartTitleVisible(false);
    style.setChartPadding(4);
    style.setAxisTitlesVisible(false);
    style.setAxisTickLabelsFont(FONT);
    style.setAxisTickLabelsColor(TEXT);
    style.setAxisTickMarksColor(GRID);
    style.setAxisTicksLineVisible(false);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(1));
    style.setXAxisMaxLabelCount(5);
    style.setXAxisMin(0.0);
    style.setXAxisTickMarkSpacingHint(90);
    style.setYAxisTickMarkSpacingHint(30);
    style.setMarkerSize(MARKER);
    style.setLegendVisible(legend);
    style.setLegendFont(FONT);
    style.setLegendBackgroundColor(CLEAR);
    style.setLegendBorderColor(CLEAR);
    style.setLegendPosition(Styler.LegendPosition.OutsideS);
    style.setLegendLayout(Styler.LegendLayout.Horizontal);
    style.setLegendPadding(8);
    style.setXAxisTickLabelsFormattingFunction(CurvePicture::steps);
    style.setYAxisTickLabelsFormattingFunction(CurvePicture::value);
  }

  private static String steps(double value) {
    return String.format(Locale.ROOT, "%,d", Math.round(value));
  }

  /** Few digits, as many as are needed. */
  private static String value(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e6)) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    String digits = String.format(Locale.ROOT, size >= 100 ? "%.0f" : "%.4f", value);
    return digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits;
  }
}
