package dev.tessera.cli;

import dev.tessera.vqvae.measure.Fidelity;
import dev.tessera.vqvae.measure.FidelityByGroup;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures of reconstructions for people, one line for each group, and for programs: {@code
 * {"heldOut": …, "psnr": …, …, "groups": {"NAME": {"heldOut": …, …}}}}. What JSON has no number for
 * (the PSNR of a perfect reconstruction) is left out there.
 */
final class ReconstructionTable {
  private static final String HEADER =
      "%-28s%9s%8s%8s%9s%8s%7s%8s%12s%n"
          .formatted(
              "", "pictures", "PSNR", "SSIM", "MS-SSIM", "colour", "edge", "usage", "perplexity");

  private final FidelityByGroup measured;

  ReconstructionTable(FidelityByGroup measured) {
    this.measured = measured;
  }

  String text() {
    StringBuilder text = new StringBuilder(HEADER).append(line("all", measured.all()));
    measured.groups().forEach((name, fidelity) -> text.append(line(name, fidelity)));
    return text.toString();
  }

  private static String line(String name, Fidelity fidelity) {
    return String.format(
        Locale.ROOT,
        "%-28s%9d%8.2f%8.4f%9.4f%8.2f%7.2f%8.3f%12.0f%n",
        name,
        fidelity.pictures(),
        fidelity.psnr(),
        fidelity.ssim(),
        fidelity.multiScaleSsim(),
        fidelity.colourError(),
        fidelity.edgeError(),
        fidelity.usage(),
        fidelity.perplexity());
  }

  String json() {
    Map<String, Object> object = object(measured.all());
    Map<String, Object> groups = new LinkedHashMap<>();
    measured.groups().forEach((name, fidelity) -> groups.put(name, object(fidelity)));
    object.put("groups", groups);
    return new JsonMapper().writeValueAsString(object) + System.lineSeparator();
  }

  private static Map<String, Object> object(Fidelity fidelity) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("heldOut", fidelity.pictures());
    fidelity
        .byName()
        .forEach(
            (name, value) -> {
              if (Double.isFinite(value)) {
                object.put(name, value);
              }
            });
    return object;
  }
}
