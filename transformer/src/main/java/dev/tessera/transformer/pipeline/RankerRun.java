package dev.tessera.transformer.pipeline;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.naming.CaptionForm;
import dev.tessera.transformer.naming.NamingTraining;
import dev.tessera.transformer.ranker.RankerConfig;
import dev.tessera.transformer.ranker.RankerTraining;
import dev.tessera.transformer.ranker.RankerTrainingConfig;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.VqvaeConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * From a bundle and a source of pictures to the same bundle with a ranker, and with naming where
 * the parts of captions come back. Checkpoints are in a folder beside the bundle to be; it goes
 * once the bundle is there.
 */
public final class RankerRun {
  private static final int KEPT_CHECKPOINTS = 1;

  /**
   * What a run is made of.
   *
   * @param source of pictures and captions: what the model was trained on
   * @param cacheRoot where prepared pictures are cached
   * @param prepare how the source is split, as it was for the model
   * @param model the bundle without the ranker
   * @param out the bundle with the ranker; may be the same file
   * @param training how the ranker learns
   * @param seed of everything drawn
   * @param execution of the training; asked when there is something to compute
   */
  public record Setup(
      PictureSource source,
      Path cacheRoot,
      PrepareOptions prepare,
      Path model,
      Path out,
      RankerTrainingConfig training,
      long seed,
      Supplier<Execution> execution) {

    /** Where checkpoints are while the run is not complete. */
    public Path checkpoints() {
      return Path.of(out + ".checkpoints");
    }
  }

  private final Setup setup;
  private final RunListener listener;
  private final BooleanSupplier stop;

  /**
   * A run that is yet to be started.
   *
   * @param stop asked often; when true, a checkpoint is saved and the run ends
   */
  public RankerRun(Setup setup, RunListener listener, BooleanSupplier stop) {
    this.setup = setup;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Trains a ranker, on from the last checkpoint if there is one, and writes the bundle.
   *
   * @param budget of which what it says of stage 1 is meant
   * @return whether the run is complete; false when it was stopped before
   * @throws IOException if the model has no stage 2 to be ranked, or no picture has a caption
   */
  public boolean train(RunBudget budget, RunBudget.Clock clock) throws IOException {
    Bundle bundle = Bundle.read(setup.model());
    if (bundle.stage2().isEmpty()) {
      throw new IOException(
          setup.model() + " has stage 1 only: there is nothing that a ranker could choose from");
    }
    PreparedPictures pictures =
        PreparedPictures.prepare(
            setup.source(),
            bundle.vqvae().picture(),
            setup.cacheRoot(),
            setup.prepare(),
            (done, total) -> listener.progress(RunListener.Phase.PREPARING_PICTURES, done, total));
    listener.prepared(pictures);
    Execution execution = setup.execution().get();
    listener.computing(execution);
    RankerConfig config = config(bundle.vqvae(), bundle.stage2().get());
    try (PictureCodec codec =
        new PictureCodec(bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), execution)) {
      RankerTraining training =
          new RankerTraining(
              config,
              setup.training(),
              pictures,
              bundle.stage2().get().tokenizer(),
              codec,
              setup.seed(),
              execution);
      byte[] digest = digest(config, pictures);
      Optional<Bundle> ranked = train(bundle, config, training, digest, budget, clock);
      Optional<Bundle> whole =
          ranked.isPresent() ? named(ranked.get(), pictures, codec, execution, digest) : ranked;
      return whole.isPresent() && written(whole.get());
    }
  }

  /** The bundle with a ranker; nothing when it was stopped before. */
  private Optional<Bundle> train(
      Bundle bundle,
      RankerConfig config,
      RankerTraining training,
      byte[] digest,
      RunBudget budget,
      RunBudget.Clock clock)
      throws IOException {
    Checkpoints checkpoints = new Checkpoints(setup.checkpoints(), KEPT_CHECKPOINTS);
    try (TrainingLoop loop = training.loop(digest, checkpoints, listener)) {
      listener.stageStarted(RankerTraining.STAGE, loop.resume());
      int batch = setup.training().batch();
      if (!loop.run(budget.vqvae(clock, 1, training.passLength(), batch), stop)) {
        return Optional.empty();
      }
      Bundle.TrainedRanker trained = new Bundle.TrainedRanker(config, loop.bestWeights());
      return Optional.of(bundle.withRanker(trained, loop.steps()));
    }
  }

  /** The bundle with naming, if its captions allow it; nothing when it was stopped before. */
  private Optional<Bundle> named(
      Bundle bundle,
      PreparedPictures pictures,
      PictureCodec codec,
      Execution execution,
      byte[] digest)
      throws IOException {
    Optional<CaptionForm> form = NamingTraining.form(pictures);
    if (form.isEmpty()) {
      return Optional.of(bundle.withNaming(Optional.empty()));
    }
    Checkpoints checkpoints =
        new Checkpoints(setup.checkpoints().resolve(NamingTraining.STAGE), KEPT_CHECKPOINTS);
    return new NamingTraining(form.get(), pictures, codec::reconstruct, setup.seed(), execution)
        .train(
            digest,
            checkpoints,
            before -> listener.stageStarted(NamingTraining.STAGE, before),
            listener,
            stop)
        .map(weights -> new Bundle.TrainedNaming(form.get(), weights))
        .map(naming -> bundle.withNaming(Optional.of(naming)));
  }

  private boolean written(Bundle bundle) throws IOException {
    bundle.write(setup.out());
    listener.wrote(setup.out());
    if (Files.exists(setup.checkpoints())) {
      AtomicFiles.deleteDirectory(setup.checkpoints());
    }
    return true;
  }

  private static RankerConfig config(VqvaeConfig vqvae, Bundle.Stage2 stage2) {
    return RankerConfig.standard(
        vqvae.picture().height(),
        vqvae.picture().width(),
        stage2.tokenizer().vocabularySize(),
        stage2.config().textLength());
  }

  /** Identifies what a checkpoint belongs to. */
  private byte[] digest(RankerConfig config, PreparedPictures pictures) throws IOException {
    MessageDigest digest = Sha256.digest();
    digest.update(pictures.digest());
    digest.update(Sha256.of(setup.model()));
    for (Object part : new Object[] {setup.seed(), config, setup.training()}) {
      digest.update(part.toString().getBytes(StandardCharsets.UTF_8));
    }
    return digest.digest();
  }
}
