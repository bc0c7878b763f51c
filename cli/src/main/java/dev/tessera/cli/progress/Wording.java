package dev.tessera.cli.progress;

import dev.tessera.transformer.pipeline.RunListener;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Measures and phases in words. */
final class Wording {
  private static final double PERCENT = 100;
  private static final Pattern PART = Pattern.compile("heldOut(Coded)?Part(\\d+)At(\\d+)");

  private Wording() {}

  /** Measures as they stand in one line, in the order of their names. */
  static String of(Map<String, Double> measures) {
    return new TreeMap<>(measures)
        .entrySet().stream()
            .map(entry -> of(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String of(String name, double value) {
    return switch (name) {
      case "heldOutPsnr" -> format("held-out PSNR %.2f dB", value);
      case "trainingPsnr" -> format("training PSNR %.2f dB", value);
      case "ssim" -> format("SSIM %.4f", value);
      case "multiScaleSsim" -> format("MS-SSIM %.4f", value);
      case "colourError" -> format("colour error %.2f", value);
      case "edgeError" -> format("edge error %.2f", value);
      case "wentBack" ->
          format("too far below the best PSNR: went back, adversarial weight at %.3g", value);
      case "usage" -> format("%.0f %% of codes used", value * PERCENT);
      case "perplexity" -> format("perplexity %.0f", value);
      case "heldOutImageBits" -> format("held-out %.3f bits per image token", value);
      case "heldOutTextBits" -> format("%.3f per text token", value);
      case "heldOutInfillBits", "trainingInfillBits" -> format("%.3f per token of a hole", value);
      case "heldOutPictureAt1", "trainingPictureAt1" ->
          format("picture of a caption found first %.0f %%", value * PERCENT);
      case "heldOutPictureAt5", "trainingPictureAt5" ->
          format("among five %.0f %%", value * PERCENT);
      case "heldOutLoss" -> format("held-out loss %.3f", value);
      case "trainingLoss" -> format("training loss %.3f", value);
      case "trainingImageBits" -> format("training %.3f bits per image token", value);
      case "trainingTextBits" -> format("%.3f per text token", value);
      default -> ofPart(name, value);
    };
  }

  /**
   * How often the right part of a caption was found: heldOutPart1At5; heldOutCodedPart1At5 where
   * pictures were seen as codes express them.
   */
  private static String ofPart(String name, double value) {
    Matcher part = PART.matcher(name);
    if (!part.matches()) {
      return format(name + " %.4g", value);
    }
    String seen = part.group(1) == null ? "" : " through codes";
    return format(
        "part %s among %s%s %.0f %%", part.group(2), part.group(3), seen, value * PERCENT);
  }

  /** What a phase does. */
  static String of(RunListener.Phase phase) {
    return switch (phase) {
      case PREPARING_PICTURES -> "preparing pictures";
      case TOKENISING_PICTURES -> "tokenising pictures";
    };
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
