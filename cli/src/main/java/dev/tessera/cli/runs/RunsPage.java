package dev.tessera.cli.runs;

import dev.tessera.cli.page.HtmlPage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs side by side as a page: the table, and each measure over the steps, one line for each run.
 * Lines are SVG inside the page, in colours of the page.
 */
public final class RunsPage {
  private static final int WIDTH = 400;
  private static final int HEIGHT = 200;

  /** Colours that are told apart; further runs repeat them with dashes. */
  private static final int COLOURS = 6;

  private RunsPage() {}

  /** The text of the file. */
  public static String html(String folder, List<RunSummary> runs) {
    HtmlPage page = new HtmlPage("Runs", folder, HtmlPage.resource(RunsPage.class, "runs.css"));
    page.add("<section>\n<div class=\"scroll\"><table>\n<tr>").element("th", "", "run");
    RunsTable.COLUMNS.forEach(column -> page.element("th", "", column.name()));
    page.add("</tr>\n");
    for (int i = 0; i < runs.size(); i++) {
      page.add("<tr><th class=\"run\"><svg class=\"key\" viewBox=\"0 0 24 8\">");
      page.add("<path class=\"" + colour(i) + "\" d=\"M0 4H24\"/></svg> ");
      page.add(HtmlPage.escaped(runs.get(i).name())).add("</th>");
      for (RunsTable.Column column : RunsTable.COLUMNS) {
        page.element("td", "", column.text(runs.get(i)));
      }
      page.add("</tr>\n");
    }
    page.add("</table></div>\n<dl>\n");
    for (RunsTable.Column column : RunsTable.COLUMNS) {
      page.add("<div>").element("dt", "", column.name() + ": " + column.definition());
      page.add("</div>\n");
    }
    page.add("</dl>\n</section>\n");
    for (String stage : names(runs)) {
      stage(page, stage, runs);
    }
    return page.finish();
  }

  private static Set<String> names(List<RunSummary> runs) {
    Set<String> names = new LinkedHashSet<>();
    runs.forEach(run -> names.addAll(run.stages().keySet()));
    return names;
  }

  private static void stage(HtmlPage page, String stage, List<RunSummary> runs) {
    Set<String> measures = new LinkedHashSet<>();
    for (RunSummary run : runs) {
      if (run.stages().containsKey(stage)) {
        measures.addAll(run.stages().get(stage).curves().keySet());
      }
    }
    page.add("<section>\n").element("h2", "", stage);
    page.add("<div class=\"plots\">\n");
    for (String measure : measures) {
      List<Map<Long, Double>> curves = new ArrayList<>();
      for (RunSummary run : runs) {
        RunSummary.Stage found = run.stages().get(stage);
        curves.add(
            found == null ? Map.of() : found.curves().getOrDefault(measure, new TreeMap<>()));
      }
      page.add("<figure>\n").element("figcaption", "", measure + " over steps");
      page.add(plot(curves)).add("</figure>\n");
    }
    page.add("</div>\n</section>\n");
  }

  private static String plot(List<Map<Long, Double>> curves) {
    long last = 1;
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Map<Long, Double> curve : curves) {
      for (Map.Entry<Long, Double> point : curve.entrySet()) {
        last = Math.max(last, point.getKey());
        low = Math.min(low, point.getValue());
        high = Math.max(high, point.getValue());
      }
    }
    double span = high > low ? high - low : 1;
    StringBuilder svg = new StringBuilder();
    svg.append("<svg class=\"plot\" viewBox=\"-4 -4 ").append(WIDTH + 8).append(' ');
    svg.append(HEIGHT + 8).append("\" role=\"img\">\n<path class=\"axis\" d=\"M0 0V");
    svg.append(HEIGHT).append('H').append(WIDTH).append("\"/>\n");
    for (int i = 0; i < curves.size(); i++) {
      StringBuilder line = new StringBuilder();
      for (Map.Entry<Long, Double> point : curves.get(i).entrySet()) {
        double x = (double) WIDTH * point.getKey() / last;
        double y = HEIGHT * (high - point.getValue()) / span;
        line.append(line.length() == 0 ? 'M' : 'L');
        line.append(String.format(Locale.ROOT, "%.1f %.1f", x, y));
      }
      if (line.length() > 0) {
        svg.append("<path class=\"").append(colour(i)).append("\" d=\"").append(line);
        svg.append("\"/>\n");
      }
    }
    svg.append("</svg>\n<p class=\"range\"><span>");
    svg.append(String.format(Locale.ROOT, "%.4g to %.4g", low, high)).append("</span><span>");
    return svg.append(String.format(Locale.ROOT, "%,d steps", last))
        .append("</span></p>\n")
        .toString();
  }

  private static String colour(int run) {
    return "line c" + run % COLOURS + (run / COLOURS % 2 == 1 ? " dashed" : "");
  }
}
