package dev.tessera.cli.report;

import dev.tessera.cli.history.Curve;
import dev.tessera.cli.history.StageHistory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which curves of a stage are drawn together, and what they are called. */
final class StagePlots {
  private static final double PERCENT = 100;

  /** XChart crowds the marks of an axis whose values are this much smaller. */
  private static final double THOUSANDTHS = 1000;

  /** A plot with its heading. */
  record Plot(String title, List<Curve> curves) {}

  private StagePlots() {}

  /** The plots of a stage: loss, what was measured, what tells how training is going. */
  static List<Plot> of(StageHistory stage) {
    Map<String, List<Curve>> plots = new LinkedHashMap<>();
    add(plots, "Training loss", "", stage.steps().get("loss"), 1);
    stage.measured().forEach((name, points) -> addMeasure(plots, name, points));
    stage
        .steps()
        .forEach(
            (name, points) -> {
              switch (name) {
                case "loss", "learningRate", "gradientNorm", "secondsPerStep" -> {
                  // Before and after the others.
                }
                case "usage" -> add(plots, title(name), "while training", points, PERCENT);
                default -> add(plots, title(name), "while training", points, 1);
              }
            });
    for (String name : List.of("learningRate", "gradientNorm", "secondsPerStep")) {
      double scale = name.equals("learningRate") ? THOUSANDTHS : 1;
      add(plots, title(name), "", stage.steps().get(name), scale);
    }
    return plots.entrySet().stream()
        .map(entry -> new Plot(entry.getKey(), List.copyOf(entry.getValue())))
        .toList();
  }

  private static void addMeasure(
      Map<String, List<Curve>> plots, String name, List<Curve.Point> points) {
    String on = name.startsWith("training") ? "training pictures" : "held out";
    String what = name.replaceFirst("^(heldOut|training)", "");
    if (what.endsWith("Bits")) {
      String token = what.substring(0, what.length() - "Bits".length()).toLowerCase(Locale.ROOT);
      add(plots, "Bits per token, " + on, token, points, 1);
    } else {
      boolean share = name.equals("usage");
      add(plots, title(what), on, points, share ? PERCENT : 1);
    }
  }

  private static void add(
      Map<String, List<Curve>> plots,
      String title,
      String name,
      @Nullable List<Curve.Point> points,
      double scale) {
    if (points != null && !points.isEmpty()) {
      List<Curve.Point> scaled =
          points.stream()
              .map(point -> new Curve.Point(point.step(), point.value() * scale))
              .toList();
      plots.computeIfAbsent(title, key -> new ArrayList<>()).add(new Curve(name, scaled));
    }
  }

  /** What a plot of a measure is called; a measure that is not known by its own name. */
  private static String title(String measure) {
    return switch (measure) {
      case "Psnr" -> "Reconstruction: PSNR in dB";
      case "ssim" -> "Reconstruction: SSIM";
      case "multiScaleSsim" -> "Reconstruction: MS-SSIM";
      case "colourError" -> "Reconstruction: colour difference, ΔE";
      case "edgeError" -> "Reconstruction: error of edges";
      case "usage" -> "Codebook: codes used, %";
      case "perplexity" -> "Codebook: perplexity";
      case "learningRate" -> "Learning rate, thousandths";
      case "gradientNorm" -> "Gradient norm before clipping";
      case "secondsPerStep" -> "Seconds per step";
      default -> measure;
    };
  }
}
