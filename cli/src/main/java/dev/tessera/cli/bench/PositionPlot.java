package dev.tessera.cli.bench;

import dev.tessera.vqvae.picture.Png;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What a token costs by its position, as a PNG: points as measured, and the line through them. */
final class PositionPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 540;
  private static final int MARKER = 6;

  private PositionPlot() {}

  static byte[] png(PositionCost cost) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Cost of a token by its position")
            .xAxisTitle("tokens before it")
            .yAxisTitle("ms")
            .build();
    chart.getStyler().setLocale(Locale.ROOT);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setXAxisDecimalPattern("#,##0");
    chart.getStyler().setYAxisDecimalPattern("0.0");
    chart.getStyler().setMarkerSize(MARKER);
    for (int i = 0; i < cost.batches().length; i++) {
      double[] at = cost.positions();
      double[] values = cost.milliseconds()[i];
      PositionCost.Line line = cost.line(i);
      XYSeries measured = chart.addSeries("batch " + cost.batches()[i], at, values);
      measured.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
      measured.setMarker(SeriesMarkers.CIRCLE);
      double[] ends = {at[0], at[at.length - 1]};
      XYSeries fitted =
          chart.addSeries(line.toString(), ends, new double[] {line.at(ends[0]), line.at(ends[1])});
      fitted.setMarker(SeriesMarkers.NONE);
    }
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      chart.paint(graphics, WIDTH, HEIGHT);
    } finally {
      graphics.dispose();
    }
    return Png.bytes(image);
  }
}
