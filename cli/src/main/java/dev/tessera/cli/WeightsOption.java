package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.decode.WeightFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model that tokens are decoded with. */
final class WeightsOption {
  @Mixin private final ModelOption model = new ModelOption();

  @Option(
      names = "--weights",
      paramLabel = "f32|bf16|int8",
      description =
          "How the decoder keeps them (default: bf16 where the processor multiplies such numbers"
              + " itself, f32 elsewhere). Results differ between formats.")
  private @Nullable WeightFormat weights;

  Tessera load() throws IOException {
    WeightFormat format = weights;
    if (format == null) {
      return model.load();
    }
    if (!WeightFormat.usable().contains(format)) {
      throw new UsageException("--weights is " + format + ", which needs oneDNN and AVX-512");
    }
    return model.load(format);
  }
}
