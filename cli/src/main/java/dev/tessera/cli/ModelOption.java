package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.WeightFormat;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The model that a command uses. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "A bundle, NAME.tessera.")
  private Path model = Path.of("");

  Bundle bundle() throws IOException {
    return Bundle.read(model);
  }

  Tessera load() throws IOException {
    return Tessera.load(model);
  }

  Tessera load(WeightFormat format) throws IOException {
    return Tessera.load(model, format);
  }
}
