package dev.tessera.transformer.pipeline;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.train.Budget;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.proto.TrainingState;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.bundle.Provenance;
import dev.tessera.transformer.shard.TokenShards;
import dev.tessera.transformer.shard.Tokenising;
import dev.tessera.transformer.training.TokenisedPictures;
import dev.tessera.transformer.training.TransformerTraining;
import dev.tessera.transformer.training.TransformerTrainingConfig;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.PictureGrid;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.training.EpochOrder;
import dev.tessera.vqvae.training.VqvaeTraining;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From a source of pictures to a bundle. What a run folder already holds (tokenizer, stage 1,
 * checkpoints) is gone on from, provided that it was made by a run of the same configuration, data
 * and seed.
 */
public final class TwoStageTraining {
  private static final int KEPT_CHECKPOINTS = 2;
  private static final int ENLARGED_SIDE = 96;
  private static final int SHOWN_HELD_OUT = 24;
  private static final int FORMS_TIMED = 256;

  /**
   * What a run is made of.
   *
   * @param source of pictures and captions
   * @param cacheRoot where prepared pictures are cached
   * @param prepare how the source is split and how much damage is tolerated
   * @param config of both stages
   * @param folder of the run
   * @param seed of everything drawn
   * @param codeVersion of this program
   * @param found what need not be made
   * @param execution of both trainings; asked when there is something to compute
   */
  public record Setup(
      PictureSource source,
      Path cacheRoot,
      PrepareOptions prepare,
      RunConfig config,
      RunFolder folder,
      long seed,
      String codeVersion,
      Found found,
      Supplier<Execution> execution) {}

  private final Setup setup;
  private final RunListener listener;
  private final BooleanSupplier stop;
  private @Nullable Execution execution;

  /**
   * A run that is yet to be started.
   *
   * @param stop asked often; when true, a checkpoint is saved and the run ends
   */
  public TwoStageTraining(Setup setup, RunListener listener, BooleanSupplier stop) {
    this.setup = setup;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Trains both stages and writes the bundles.
   *
   * @return whether the run is complete; false when it was stopped before
   */
  public boolean train(RunBudget budget, RunBudget.Clock clock) throws IOException {
    PreparedPictures pictures = prepare();
    double share = setup.config().schedule().vqvaeShare();
    Optional<TrainedVqvae> stage1 = stage1(pictures, budget, clock, share);
    return stage1.isPresent() && stage2(pictures, stage1.get(), budget, clock);
  }

  /** Trains stage 1 alone; its bundle is {@link RunFolder#vqvae}. */
  public boolean trainVqvae(RunBudget budget, RunBudget.Clock clock) throws IOException {
    boolean trainedBefore = Files.exists(setup.folder().vqvae());
    boolean complete = stage1(prepare(), budget, clock, 1).isPresent();
    if (trainedBefore) {
      listener.finishedBefore();
    }
    return complete;
  }

  /**
   * Trains stage 2 on top of a bundle's stage 1.
   *
   * @param vqvae any bundle; its stage 1 replaces that of the configuration
   */
  public boolean trainTransformer(Path vqvae, RunBudget budget, RunBudget.Clock clock)
      throws IOException {
    TrainedVqvae stage1 = TrainedVqvae.read(vqvae, 0);
    if (!stage1.config().picture().equals(setup.config().vqvae().picture())) {
      throw new IOException(
          vqvae
              + " was trained on other pictures: "
              + stage1.config().picture()
              + ", not "
              + setup.config().vqvae().picture());
    }
    return stage2(prepare(), stage1, budget, clock);
  }

  private PreparedPictures prepare() throws IOException {
    setup.folder().create();
    PreparedPictures pictures =
        PreparedPictures.prepare(
            setup.source(),
            setup.config().vqvae().picture(),
            setup.cacheRoot(),
            setup.prepare(),
            (done, total) -> listener.progress(RunListener.Phase.PREPARING_PICTURES, done, total));
    Files.copy(
        pictures.quarantine(), setup.folder().quarantine(), StandardCopyOption.REPLACE_EXISTING);
    showHeldOut(pictures);
    listener.prepared(pictures);
    return pictures;
  }

  /** Writes some held-out pictures as files, so that anyone can try the model on them. */
  private void showHeldOut(PreparedPictures pictures) throws IOException {
    int[] heldOut = pictures.heldOut();
    int shown = Math.min(SHOWN_HELD_OUT, heldOut.length);
    for (int i = 0; i < shown; i++) {
      int picture = heldOut[(int) ((long) i * heldOut.length / shown)];
      PictureEntry entry = pictures.entry(picture);
      String name = entry.id().replaceAll("\\.[A-Za-z]+$", "").replaceAll("[^\\w.-]+", "-");
      Png.write(setup.folder().heldOut().resolve(name + ".png"), pictures.picture(picture));
      if (!entry.captions().isEmpty()) {
        Files.write(setup.folder().heldOut().resolve(name + ".txt"), entry.captions());
      }
    }
  }

  private Optional<TrainedVqvae> stage1(
      PreparedPictures pictures, RunBudget budget, RunBudget.Clock clock, double share)
      throws IOException {
    RunConfig config = setup.config();
    byte[] digest = digest(pictures, config.vqvae().toString(), config.vqvaeTraining().toString());
    Checkpoints checkpoints = checkpoints(VqvaeTraining.STAGE);
    Path file = setup.folder().vqvae();
    if (Files.exists(file)) {
      double seconds = checkpoints.latestState(digest).map(TrainingState::getSeconds).orElse(0.0);
      return Optional.of(TrainedVqvae.read(file, seconds));
    }
    VqvaeTraining training =
        new VqvaeTraining(
            config.vqvae(),
            config.vqvaeTraining(),
            pictures,
            setup.seed(),
            execution(),
            this::showReconstructions);
    try (TrainingLoop loop =
        training.loop(config.schedule().evaluations(), digest, checkpoints, listener)) {
      listener.stageStarted(VqvaeTraining.STAGE, loop.resume());
      Budget stageBudget =
          budget.vqvae(clock, share, passLength(pictures), config.vqvaeTraining().batch());
      if (!loop.run(stageBudget, stop)) {
        return Optional.empty();
      }
      write(
          file,
          new Bundle(
              config.vqvae(),
              loop.bestWeights(),
              Optional.empty(),
              provenance(pictures, loop.steps(), 0),
              new byte[0]));
      return Optional.of(TrainedVqvae.read(file, loop.seconds()));
    }
  }

  private boolean stage2(
      PreparedPictures pictures, TrainedVqvae stage1, RunBudget budget, RunBudget.Clock clock)
      throws IOException {
    RunConfig config = setup.config().withVqvae(stage1.config());
    Bpe tokenizer = tokenizer(pictures);
    TransformerConfig transformer = config.transformerConfig(tokenizer);
    if (setup.found().start().isPresent()) {
      setup.found().start().get().requireShape(transformer);
    }
    byte[] digest =
        digest(
            pictures,
            config.toString(),
            Sha256.hex(Sha256.of(tokenizer.toByteArray())),
            Sha256.hex(stage1.digest()),
            setup.found().start().map(start -> Sha256.hex(start.digest())).orElse(""));
    Checkpoints checkpoints = checkpoints(TransformerTraining.STAGE);
    int batch = config.transformerTraining().batch();
    Supplier<Budget> stageBudget =
        () -> budget.transformer(clock, stage1.seconds(), passLength(pictures), batch);
    if (isFinished(budget, stageBudget.get(), checkpoints.latestState(digest))) {
      listener.finishedBefore();
      return true;
    }
    Files.deleteIfExists(setup.folder().finished());
    try (PictureCodec codec =
        new PictureCodec(stage1.config(), new ParameterStore(stage1.weights()), execution())) {
      Stage2 stage2 = new Stage2(config, transformer, tokenizer, digest, checkpoints);
      return stage2(pictures, stage1, codec, stage2, budget, clock, stageBudget);
    }
  }

  /** What stage 2 is made of. */
  private record Stage2(
      RunConfig config,
      TransformerConfig transformer,
      Bpe tokenizer,
      byte[] digest,
      Checkpoints checkpoints) {}

  private boolean stage2(
      PreparedPictures pictures,
      TrainedVqvae stage1,
      PictureCodec codec,
      Stage2 stage2,
      RunBudget budget,
      RunBudget.Clock clock,
      Supplier<Budget> stageBudget)
      throws IOException {
    RunConfig config = stage2.config();
    TransformerConfig transformer = stage2.transformer();
    Bpe tokenizer = stage2.tokenizer();
    TokenisedPictures tokens;
    try {
      double secondsLeft = budget.secondsLeft(clock);
      tokens =
          new TokenisedPictures(
              pictures, tokens(pictures, codec, stage1.digest(), tokenizer, secondsLeft));
    } catch (CancellationException stopped) {
      return false;
    }
    SampleGrid grid = new SampleGrid(transformer, tokenizer, codec, pictures);
    TransformerTraining training =
        new TransformerTraining(
            transformer,
            config.transformerTraining(),
            tokens,
            setup.seed(),
            execution(),
            (step, weights) -> show(TransformerTraining.STAGE, step, grid.draw(weights)));
    setup.found().start().ifPresent(start -> training.startFrom(start.model().weights()));
    try (TrainingLoop loop =
        training.loop(
            config.schedule().evaluations(), stage2.digest(), stage2.checkpoints(), listener)) {
      listener.stageStarted(TransformerTraining.STAGE, loop.resume());
      boolean complete = loop.run(stageBudget.get(), stop);
      Provenance provenance = provenance(pictures, stage1.steps(), loop.steps());
      byte[] preview = Png.bytes(grid.last());
      write(
          setup.folder().last(),
          new Bundle(
              stage1.config(),
              stage1.weights(),
              Optional.of(new Bundle.Stage2(transformer, tokenizer, loop.lastWeights())),
              provenance,
              preview));
      write(
          setup.folder().best(),
          new Bundle(
              stage1.config(),
              stage1.weights(),
              Optional.of(new Bundle.Stage2(transformer, tokenizer, loop.bestWeights())),
              provenance,
              preview));
      if (complete) {
        byte[] spec = (budget.spec() + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(setup.folder().finished(), out -> out.write(spec));
      }
      return complete;
    }
  }

  /**
   * Whether the run came to its end under this budget, or under another one that leaves nothing to
   * do. Of a budget of time only the former can be told: a part of it goes into preparations.
   */
  private boolean isFinished(RunBudget budget, Budget stageBudget, Optional<TrainingState> newest)
      throws IOException {
    RunFolder folder = setup.folder();
    if (newest.isEmpty()
        || !Files.exists(folder.finished())
        || !Files.exists(folder.best())
        || !Files.exists(folder.last())) {
      return false;
    }
    TrainingState state = newest.get();
    return Files.readString(folder.finished()).strip().equals(budget.spec())
        || stageBudget.progress(state.getStep(), state.getSeconds()) >= 1;
  }

  private Execution execution() {
    if (execution == null) {
      execution = setup.execution().get();
      listener.computing(execution);
    }
    return execution;
  }

  private static int passLength(PreparedPictures pictures) {
    return EpochOrder.length(pictures.trainingParts());
  }

  private Bpe tokenizer(PreparedPictures pictures) throws IOException {
    Path file = setup.folder().tokenizer();
    Optional<Bpe> found = setup.found().tokenizer();
    if (Files.exists(file)) {
      Bpe own = Bpe.read(file);
      if (found.isPresent() && !found.get().equals(own)) {
        throw new IOException(file + " is another tokenizer than the one that is asked for");
      }
      return own;
    }
    int vocabulary = setup.config().text().vocabulary();
    Bpe tokenizer = found.orElseGet(() -> CaptionVocabulary.learn(pictures, vocabulary));
    tokenizer.write(file);
    return tokenizer;
  }

  private TokenShards tokens(
      PreparedPictures pictures,
      PictureCodec codec,
      byte[] bundleDigest,
      Bpe tokenizer,
      double secondsLeft)
      throws IOException {
    TransformerTrainingConfig training = setup.config().transformerTraining();
    IntFunction<Tokenising> inForms =
        forms ->
            new Tokenising(
                pictures,
                codec,
                bundleDigest,
                tokenizer,
                forms,
                training.augmentation(),
                setup.seed());
    if (setup.found().tokens().isPresent()) {
      return inForms.apply(training.variants()).open(setup.found().tokens().get());
    }
    Optional<TokenShards> found = Tokenising.found(setup.folder().tokens());
    int made = found.map(TokenShards::forms).orElse(0);
    return inForms
        .apply(forms(training.variants(), made, pictures, codec, secondsLeft))
        .takeOrMake(
            found,
            setup.folder().tokens(),
            (done, total) -> listener.progress(RunListener.Phase.TOKENISING_PICTURES, done, total),
            stop);
  }

  /** As many as the configuration wants, or as there is time for; no fewer than there are. */
  private int forms(
      int wanted, int made, PreparedPictures pictures, PictureCodec codec, double secondsLeft) {
    if (made >= wanted) {
      return wanted;
    }
    int affordable =
        AffordableForms.of(
            wanted, pictures.training().length, secondsLeft, () -> secondsPerForm(pictures, codec));
    int forms = Math.max(made, affordable);
    if (forms < wanted) {
      listener.formsReduced(wanted, forms);
    }
    return forms;
  }

  private static double secondsPerForm(PreparedPictures pictures, PictureCodec codec) {
    int[] training = pictures.training();
    int count = Math.min(FORMS_TIMED, training.length);
    codec.encode(count, i -> pictures.picture(training[i])); // compiles what the next one times
    long start = System.nanoTime();
    codec.encode(count, i -> pictures.picture(training[i]));
    return (System.nanoTime() - start) * 1e-9 / count;
  }

  private void showReconstructions(long step, List<Rgb> originals, List<Rgb> reconstructions) {
    List<Rgb> rows = new ArrayList<>(originals);
    rows.addAll(reconstructions);
    int zoom = Math.max(1, ENLARGED_SIDE / originals.get(0).width());
    show(
        VqvaeTraining.STAGE, step, PictureGrid.plain(originals.size(), zoom).draw(rows, List.of()));
  }

  private void show(String stage, long step, BufferedImage picture) {
    Path file = setup.folder().sample(stage, step);
    try {
      Png.write(file, picture);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    listener.wrote(file);
    listener.showed(stage, step, file);
  }

  private void write(Path file, Bundle bundle) throws IOException {
    bundle.write(file);
    listener.wrote(file);
  }

  private Checkpoints checkpoints(String stage) {
    return new Checkpoints(setup.folder().checkpoints(stage), KEPT_CHECKPOINTS);
  }

  private Provenance provenance(PreparedPictures pictures, long vqvaeSteps, long transformerSteps) {
    return new Provenance(
        setup.source().spec(),
        pictures.digest(),
        pictures.size(),
        pictures.captioned(),
        setup.seed(),
        vqvaeSteps,
        transformerSteps,
        0,
        setup.codeVersion(),
        Map.of("java", Runtime.version().toString()),
        pictures.notice());
  }

  /** Identifies what a checkpoint belongs to: the data, the seed and the parts that matter. */
  private byte[] digest(PreparedPictures pictures, String... parts) {
    MessageDigest digest = Sha256.digest();
    digest.update(pictures.digest());
    digest.update(Long.toString(setup.seed()).getBytes(StandardCharsets.UTF_8));
    Arrays.stream(parts).forEach(part -> digest.update(part.getBytes(StandardCharsets.UTF_8)));
    return digest.digest();
  }
}
