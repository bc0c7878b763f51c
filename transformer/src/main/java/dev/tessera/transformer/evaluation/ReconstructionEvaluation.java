package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.measure.FidelityByGroup;
import dev.tessera.vqvae.model.CodeSearch;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.PictureEncoder;

/** How well stage 1 of a model does alone. */
public final class ReconstructionEvaluation {
  private ReconstructionEvaluation() {}

  /**
   * Measures the reconstructions of all held-out pictures.
   *
   * @param bundle of stage 1 alone, or of a whole model
   * @param source tells the groups
   * @param pictures of the source, prepared and split as they were for training
   * @param sweeps of a {@link CodeSearch} for the codes; 0 for those that the encoder chooses
   * @throws IllegalArgumentException if nothing is held out
   */
  public static FidelityByGroup of(
      Bundle bundle, PictureSource source, PreparedPictures pictures, int sweeps) {
    if (pictures.heldOut().length == 0) {
      throw new IllegalArgumentException(
          "no picture of the source is held out, so there is nothing to measure on");
    }
    try (PictureCodec codec =
        new PictureCodec(
            bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), Execution.best())) {
      PictureEncoder encoder = new CodeSearch(codec, sweeps);
      return FidelityByGroup.of(codec, encoder, pictures, pictures.heldOut(), source::group);
    }
  }
}
