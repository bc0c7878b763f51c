package dev.tessera.transformer.pipeline;

import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.vqvae.model.VqvaeConfig;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A trained stage 1.
 *
 * @param bundle that holds it
 * @param digest of the bundle's file; not copied
 * @param seconds that its training took, as far as this run paid for it
 */
record TrainedVqvae(Bundle bundle, byte[] digest, double seconds) {
  static TrainedVqvae read(Path file, double seconds) throws IOException {
    return new TrainedVqvae(Bundle.read(file), Sha256.of(file), seconds);
  }

  VqvaeConfig config() {
    return bundle.vqvae();
  }

  TensorMap weights() {
    return bundle.vqvaeWeights();
  }

  long steps() {
    return bundle.provenance().vqvaeSteps();
  }
}
