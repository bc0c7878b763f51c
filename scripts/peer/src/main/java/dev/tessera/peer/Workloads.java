package dev.tessera.peer;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the names of benchmarks mean here. */
final class Workloads {
  private static final Pattern GPT = Pattern.compile("(train|train-f32|decode)/(\\w+)/b(\\d{1,3})");
  private static final Pattern VAE = Pattern.compile("vqvae/(train|encode|decode)");

  /**
   * A workload in all settings worth trying.
   *
   * @param settings at least one
   * @param workload makes it
   */
  record Choice(List<Setting> settings, Function<Setting, Workload> workload) {
    /** The setting that prints as {@code name}. */
    Setting setting(String name) {
      return settings.stream()
          .filter(setting -> setting.toString().equals(name))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("there is no setting " + name));
    }
  }

  private Workloads() {}

  /**
   * The workload of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Choice named(String name) {
    Matcher gpt = GPT.matcher(name);
    if (gpt.matches()) {
      GptShape shape = GptShape.named(gpt.group(2));
      int batch = Integer.parseInt(gpt.group(3));
      return switch (gpt.group(1)) {
        case "decode" ->
            new Choice(Setting.PRECISIONS, setting -> new GptDecoding(shape, batch, setting));
        case "train-f32" ->
            new Choice(List.of(Setting.F32), setting -> new GptTraining(shape, batch, setting));
        default -> new Choice(Setting.PRECISIONS, s -> new GptTraining(shape, batch, s));
      };
    }
    Matcher vae = VAE.matcher(name);
    if (vae.matches()) {
      return vae(
          VaeWorkload.Task.valueOf(vae.group(1).toUpperCase(Locale.ROOT)), VaeShape.STANDARD);
    }
    return switch (name) {
      case "tiny/train" -> named("train/tiny/b2");
      case "tiny/decode" -> named("decode/tiny/b2");
      case "tiny/vqvae" -> vae(VaeWorkload.Task.TRAIN, VaeShape.TINY);
      default -> throw new IllegalArgumentException("there is no benchmark " + name);
    };
  }

  private static Choice vae(VaeWorkload.Task task, VaeShape shape) {
    return new Choice(
        Setting.PRECISIONS_AND_LAYOUTS, setting -> new VaeWorkload(task, shape, setting));
  }
}
