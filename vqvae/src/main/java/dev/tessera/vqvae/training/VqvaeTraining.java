package dev.tessera.vqvae.training;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.measure.CodebookUsage;
import dev.tessera.vqvae.measure.Fidelity;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.Vqvae;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PixelTransform;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.CodebookLearner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Stage 1: learns to reconstruct pictures. Held-out pictures are measured by their {@link Psnr}; a
 * set that holds none out is measured on pictures it trains on, under another name.
 */
public final class VqvaeTraining implements TrainingLoop.Task {
  /** The name of this stage in reports, logs and checkpoints. */
  public static final String STAGE = "vqvae";

  private static final int MEASURED = 512;
  private static final int SHOWN = 12;
  private static final int FADE_EVERY = 64;

  /** The file of a checkpoint that keeps the state of the quantiser's learner. */
  private static final String LEARNER = "state";

  /** Steps on end with a collapsed codebook, after which training stops. */
  private static final int PATIENCE = 500;

  /** Receives pictures beside their reconstructions. */
  public interface ReconstructionSink {
    /**
     * Shows the averaged weights at work.
     *
     * @param step steps done
     * @param originals some pictures, always the same
     * @param reconstructions of each
     */
    void reconstructions(long step, List<Rgb> originals, List<Rgb> reconstructions);
  }

  private final VqvaeConfig config;
  private final VqvaeTrainingConfig training;
  private final PreparedPictures pictures;
  private final long seed;
  private final Execution execution;
  private final ReconstructionSink sink;
  private final ParameterStore store;
  private final PictureCodec codec;
  private final EpochOrder order;
  private final int[] measured;
  private final boolean heldOut;
  private final CodebookUsage liveUsage;
  private final CollapseWatch watch;
  private @Nullable CodebookLearner learner;
  private final @Nullable AdversarialTraining adversary;

  /**
   * @param seed decides first weights, order, augmentation and noise
   * @param execution of training and of what is shown on the way
   */
  public VqvaeTraining(
      VqvaeConfig config,
      VqvaeTrainingConfig training,
      PreparedPictures pictures,
      long seed,
      Execution execution,
      ReconstructionSink sink) {
    this.config = config;
    this.training = training;
    this.pictures = pictures;
    this.seed = seed;
    this.execution = execution;
    this.sink = sink;
    this.store = new ParameterStore(seed, DataType.FLOAT);
    this.codec = new PictureCodec(config, store, execution);
    this.order = new EpochOrder(pictures.trainingParts(), seed, "vqvae order");
    this.heldOut = pictures.heldOut().length > 0;
    this.measured = pictures.measured(MEASURED);
    this.liveUsage = new CodebookUsage(config.quantiser().codebookSize());
    this.watch = new CollapseWatch(config.quantiser().codebookSize(), PATIENCE);
    this.adversary =
        training.adversary() instanceof Adversary.Patches patches
            ? new AdversarialTraining(config, training, patches, store, seed, execution)
            : null;
  }

  /**
   * The loop that trains this stage.
   *
   * @param evaluations over the whole run
   * @param runDigest identifies configuration and data
   */
  public TrainingLoop loop(
      int evaluations, byte[] runDigest, Checkpoints checkpoints, TrainingListener listener) {
    ParallelPlan plan = new ParallelPlan(training.part(), (share, part) -> compile(share));
    learner = config.quantiser().learner(store, seed).orElse(null);
    TrainingLoop.Options options =
        new TrainingLoop.Options(
            seed,
            training.rate(),
            training.optimiser(),
            execution,
            training.averageDecay(),
            training.accumulation(),
            evaluations,
            runDigest);
    return new TrainingLoop(this, plan, store, options, checkpoints, listener);
  }

  private Plan compile(int share) {
    ModelGraph graph = new ModelGraph(store, execution);
    Vqvae.Training model = new Vqvae(config, graph, share).training(training.batch());
    GraphTensor loss = adversary == null ? model.loss() : adversary.faithful(graph, model);
    return Plan.training(graph, loss.named("loss"), graph.parameters(), model.outputs());
  }

  @Override
  public String stage() {
    return STAGE;
  }

  @Override
  public TrainingLoop.Prepared prepare(long step) {
    float[] pixels = new float[training.batch() * config.picture().bytes()];
    for (int i = 0; i < training.batch(); i++) {
      long place = step * training.batch() + i;
      Rgb picture = pictures.picture(order.at(place));
      CounterRandom random = new CounterRandom(seed, "vqvae augmentation", place);
      byte[] changed = training.augmentation().apply(picture, random).pixels();
      PixelTransform.toFloats(changed, pixels, i * changed.length);
    }
    float[] noise = config.quantiser().noise(seed, step, training.batch() * config.tokens());
    return (plan, part, progress) -> {
      int first = part * training.part() * config.picture().bytes();
      plan.set("pictures", pixels, first);
      int firstVector = part * training.part() * config.tokens();
      config.quantiser().set(plan, noise, firstVector, progress);
      if (adversary != null && adversary.isActive(progress)) {
        adversary.weigh(plan, pixels, first, part, progress);
      }
    };
  }

  @Override
  public ParallelPlan plan(ParallelPlan first, double progress) {
    return adversary != null && adversary.isActive(progress) ? adversary.generatorPlan() : first;
  }

  @Override
  public boolean byMuon(String parameter) {
    return Vqvae.isKernel(parameter);
  }

  @Override
  public void observe(ParallelPlan plan) {
    if (adversary != null && adversary.isOwn(plan)) {
      adversary.learn(plan);
    }
    float[] selection = plan.floats("selection");
    int[] codes = new int[training.part() * config.tokens()];
    for (int row = 0; row < codes.length; row++) {
      codes[row] = config.quantiser().code(selection, row);
    }
    if (learner != null) {
      float[] seen = plan.has("observed") ? plan.floats("observed") : new float[0];
      learner.observe(codes, selection, seen);
    }
    if (learner == null || learner.isQuantising()) {
      liveUsage.add(codes);
    }
  }

  @Override
  public void update(long step, double progress) {
    if (learner != null) {
      learner.update(step, progress);
    }
  }

  @Override
  public Optional<String> reasonToStop(long step) {
    return learner == null || learner.isQuantising()
        ? watch.check(step, liveUsage.used(), liveUsage.perplexity())
        : Optional.empty();
  }

  @Override
  public Map<String, Double> measure(long step) {
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("usage", liveUsage.used());
    measures.put("perplexity", liveUsage.perplexity());
    if (adversary != null) {
      measures.putAll(adversary.measures());
    }
    if ((step + 1) % FADE_EVERY == 0) {
      liveUsage.fade();
    }
    return measures;
  }

  @Override
  public TrainingLoop.Evaluation evaluate(long step) {
    int[][] codes = codec.encode(measured.length, i -> pictures.picture(measured[i]));
    List<Rgb> reconstructions = codec.decode(codes);
    Fidelity.Tally tally = new Fidelity.Tally(config.quantiser().codebookSize());
    for (int i = 0; i < measured.length; i++) {
      tally.add(pictures.picture(measured[i]), reconstructions.get(i), codes[i]);
    }
    Fidelity fidelity = tally.result();
    int shown = Math.min(SHOWN, measured.length);
    List<Rgb> originals = new ArrayList<>();
    for (int i = 0; i < shown; i++) {
      originals.add(pictures.picture(measured[i]));
    }
    sink.reconstructions(step, originals, reconstructions.subList(0, shown));

    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put(heldOut ? "heldOutPsnr" : "trainingPsnr", fidelity.psnr());
    fidelity.byName().entrySet().stream()
        .filter(measure -> !measure.getKey().equals("psnr"))
        .forEach(measure -> measures.put(measure.getKey(), measure.getValue()));
    return adversary == null
        ? new TrainingLoop.Evaluation(measures, heldOut ? -fidelity.psnr() : Double.NaN)
        : weighed(adversary, measures, fidelity);
  }

  /** Against an adversary, the weights with the best edges count as best, if all else is right. */
  private TrainingLoop.Evaluation weighed(
      AdversarialTraining adversary, Map<String, Double> measures, Fidelity fidelity) {
    boolean harmed = adversary.isHarmed(fidelity.psnr());
    if (harmed) {
      measures.put("wentBack", adversary.share());
    }
    return new TrainingLoop.Evaluation(
        measures, heldOut && !harmed ? fidelity.edgeError() : Double.NaN, harmed);
  }

  @Override
  public Map<String, TensorMap> state() {
    Map<String, TensorMap> state = new LinkedHashMap<>();
    if (learner != null) {
      state.put(LEARNER, learner.state());
    }
    if (adversary != null) {
      state.putAll(adversary.state());
    }
    return state;
  }

  @Override
  public void restore(Checkpoints.Checkpoint checkpoint) {
    restore(checkpoint, false);
  }

  @Override
  public void rollBack(Checkpoints.Checkpoint checkpoint) {
    restore(checkpoint, true);
  }

  private void restore(Checkpoints.Checkpoint checkpoint, boolean keepShare) {
    if (learner != null) {
      learner.restore(checkpoint.tensors(LEARNER));
    }
    if (adversary != null) {
      adversary.restore(checkpoint, keepShare);
    }
  }

  @Override
  public void close() {
    codec.close();
    if (adversary != null) {
      adversary.close();
    }
  }
}
