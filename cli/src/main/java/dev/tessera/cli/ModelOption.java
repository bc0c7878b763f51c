package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.WeightFormat;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The model that a command uses. */
final class ModelOption {
  @Option(
      names = "--model",
      paramLabel = "M",
      description = "A bundle, NAME.tessera (default: the model that ships, if there is one).")
  private @Nullable Path model;

  private Path file() {
    return model != null ? model : ShippedModel.find();
  }

  Bundle bundle() throws IOException {
    return Bundle.read(file());
  }

  Tessera load() throws IOException {
    return Tessera.load(file());
  }

  Tessera load(WeightFormat format) throws IOException {
    return Tessera.load(file(), format);
  }
}
