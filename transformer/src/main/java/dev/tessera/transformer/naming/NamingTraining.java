package dev.tessera.transformer.naming;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Budget;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.transformer.evaluation.measure.Ranks;
import dev.tessera.transformer.model.Dropout;
import dev.tessera.vqvae.data.EvenlySpaced;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.Augmentation;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.training.EpochOrder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Learns which parts of captions belong to a picture. What a place of the endless training sequence
 * holds depends on the seed and the place alone.
 */
public final class NamingTraining implements TrainingLoop.Task {
  /** The name of this stage in reports, logs and checkpoints. */
  public static final String STAGE = "namer";

  private static final int BATCH = 256;

  /** Passes over the pictures: held-out ones are named no better after more. */
  private static final int PASSES = 40;

  /** Of a small set, which is over before anything is learned otherwise. */
  private static final int LEAST_STEPS = 200;

  /** Of a large one: a few minutes. */
  private static final int MOST_STEPS = 4000;

  /** Pictures that say which numbers are usual. */
  private static final int USUAL = 10_000;

  private static final LearningRate RATE =
      new LearningRate(1e-3, 50, 0, LearningRate.Decay.COSINE, 0.02);
  private static final Optimiser.Options OPTIMISER = new Optimiser.Options(0.9, 0.99, 0.01, 1);
  private static final double AVERAGE_DECAY = 0.9;

  /** From 0.2 to 0.5 the styles of held-out emoji are named alike. */
  private static final Dropout DROPOUT = new Dropout(0.3);

  /** Colours stay as they are, for they tell styles apart. */
  private static final Augmentation CHANGES = new Augmentation(1, true, 1, 0, 0);

  /** Of the pictures, which are shown as they are. */
  private static final double UNCHANGED = 0.4;

  /**
   * Of the pictures, which are shown as the model's codes express them: captions are wanted of real
   * pictures, but samples, which consist of codes, are chosen, too.
   */
  private static final double EXPRESSED = 0.3;

  private final CaptionForm form;
  private final PreparedPictures pictures;
  private final UnaryOperator<List<Rgb>> expressed;
  private final long seed;
  private final Execution execution;
  private final ParameterStore store;
  private final EpochOrder order;
  private final int[] heldOut;
  private final List<Standard> standards = new ArrayList<>();

  /**
   * The form that most captions have that training sees.
   *
   * @return nothing if there is none whose parts come back
   */
  public static Optional<CaptionForm> form(PreparedPictures pictures) {
    return CaptionForm.of(
        Arrays.stream(pictures.training())
            .mapToObj(pictures::entry)
            .map(PictureEntry::captions)
            .filter(captions -> !captions.isEmpty())
            .map(captions -> captions.get(0))
            .toList());
  }

  /**
   * Prepares the training.
   *
   * @param form of {@link #form}
   * @param pictures of which those have a share whose first caption is of the form
   * @param expressed gives pictures as the model's codes express them
   * @param seed decides first weights, order and everything drawn
   * @param execution of the training
   */
  public NamingTraining(
      CaptionForm form,
      PreparedPictures pictures,
      UnaryOperator<List<Rgb>> expressed,
      long seed,
      Execution execution) {
    this.form = form;
    this.pictures = pictures;
    this.expressed = expressed;
    this.seed = seed;
    this.execution = execution;
    this.store = new ParameterStore(seed, DataType.FLOAT);
    List<PreparedPictures.Part> parts = new ArrayList<>();
    for (PreparedPictures.Part part : pictures.trainingParts()) {
      parts.add(new PreparedPictures.Part(named(part.pictures()), part.weight()));
    }
    this.order = new EpochOrder(parts, seed, "naming order");
    this.heldOut = named(pictures.heldOut());
    int[] all = parts.stream().flatMapToInt(part -> Arrays.stream(part.pictures())).toArray();
    int[] some = EvenlySpaced.of(all, USUAL);
    for (int place = 0; place < form.places().size(); place++) {
      standards.add(Standard.of(aspect(place), some.length, i -> pictures.picture(some[i])));
    }
  }

  /** Those whose captions have the form, and known parts alone. */
  private int[] named(int[] which) {
    return Arrays.stream(which)
        .filter(
            picture -> {
              List<String> captions = pictures.entry(picture).captions();
              return !captions.isEmpty()
                  && form.parse(captions.get(0))
                      .filter(found -> Arrays.stream(found).allMatch(part -> part >= 0))
                      .isPresent();
            })
        .toArray();
  }

  private Aspect aspect(int place) {
    return Aspect.of(form, place);
  }

  /**
   * Trains.
   *
   * @param runDigest identifies configuration and data
   * @param started told the steps that were done before
   * @return the weights of a {@link Namer}; nothing when it was stopped before its end
   */
  public Optional<TensorMap> train(
      byte[] runDigest,
      Checkpoints checkpoints,
      LongConsumer started,
      TrainingListener listener,
      BooleanSupplier stop)
      throws IOException {
    long steps = (long) PASSES * order.length() / BATCH;
    steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, steps));
    return train(steps, runDigest, checkpoints, started, listener, stop);
  }

  Optional<TensorMap> train(
      long steps,
      byte[] runDigest,
      Checkpoints checkpoints,
      LongConsumer started,
      TrainingListener listener,
      BooleanSupplier stop)
      throws IOException {
    TrainingLoop.Options options =
        new TrainingLoop.Options(seed, RATE, OPTIMISER, execution, AVERAGE_DECAY, 1, 1, runDigest);
    try (TrainingLoop loop =
        new TrainingLoop(this, plan(), store, options, checkpoints, listener)) {
      started.accept(loop.resume());
      return loop.run(new Budget.Steps(steps), stop)
          ? Optional.of(whole(loop.lastWeights()))
          : Optional.empty();
    }
  }

  private ParallelPlan plan() {
    int replicas = Math.min(BATCH, Runtime.getRuntime().availableProcessors());
    return new ParallelPlan(
        BATCH,
        replicas,
        (share, all) -> {
          ModelGraph graph = new ModelGraph(store, execution);
          return Plan.training(
              graph,
              new NamingGraph(form, graph, share, DROPOUT).loss(1.0 / all),
              graph.parameters());
        });
  }

  private TensorMap whole(TensorMap learned) {
    TensorMap whole = new TensorMap();
    for (int place = 0; place < standards.size(); place++) {
      standards.get(place).put(whole, new NamingGraph.Names(place));
    }
    learned.asMap().forEach(whole::put);
    return whole;
  }

  @Override
  public String stage() {
    return STAGE;
  }

  @Override
  public TrainingLoop.Prepared prepare(long step) {
    int places = form.places().size();
    List<Rgb> shown = new ArrayList<>(BATCH);
    List<Integer> throughCodes = new ArrayList<>();
    float[][] numbers = new float[places][];
    int[][] parts = new int[places][BATCH];
    for (int i = 0; i < BATCH; i++) {
      long at = step * BATCH + i;
      PictureEntry entry = pictures.entry(order.at(at));
      CounterRandom random = new CounterRandom(seed, "naming picture", at);
      Rgb picture = pictures.picture(order.at(at));
      boolean changed = random.nextDouble() >= UNCHANGED;
      shown.add(changed ? entry.allowed(CHANGES).apply(picture, random) : picture);
      if (random.nextDouble() < EXPRESSED) {
        throughCodes.add(i);
      }
      int[] right = form.parse(entry.captions().get(0)).orElseThrow();
      for (int place = 0; place < places; place++) {
        parts[place][i] = right[place];
      }
    }
    List<Rgb> lossy = expressed.apply(throughCodes.stream().map(shown::get).toList());
    for (int i = 0; i < lossy.size(); i++) {
      shown.set(throughCodes.get(i), lossy.get(i));
    }
    for (int place = 0; place < places; place++) {
      numbers[place] = new float[BATCH * aspect(place).size()];
      for (int i = 0; i < BATCH; i++) {
        standardise(place, shown.get(i), numbers[place], i);
      }
    }
    return (plan, part, progress) -> {
      DROPOUT.draw(plan, NamingGraph.DROPOUTS * places, seed, step);
      for (int place = 0; place < places; place++) {
        NamingGraph.Names names = new NamingGraph.Names(place);
        plan.set(names.numbers(), numbers[place]);
        plan.set(names.parts(), parts[place]);
      }
    };
  }

  private void standardise(int place, Rgb shown, float[] numbers, int row) {
    double[] standard = standards.get(place).apply(aspect(place), shown);
    for (int i = 0; i < standard.length; i++) {
      numbers[row * standard.length + i] = (float) standard[i];
    }
  }

  /**
   * How often the right part of a held-out picture is the first, or among five. Training ends with
   * its last weights, whatever this says.
   */
  @Override
  public TrainingLoop.Evaluation evaluate(long step) {
    Map<String, Double> measures = new LinkedHashMap<>();
    if (heldOut.length > 0) {
      Namer namer = new Namer(form, whole(store.toTensors()));
      double[][][] found = new double[form.places().size()][heldOut.length][];
      int[][] right = new int[form.places().size()][heldOut.length];
      for (int i = 0; i < heldOut.length; i++) {
        double[][] scores = namer.logProbabilities(pictures.picture(heldOut[i]));
        int[] parts = form.parse(pictures.entry(heldOut[i]).captions().get(0)).orElseThrow();
        for (int place = 0; place < scores.length; place++) {
          found[place][i] = scores[place];
          right[place][i] = parts[place];
        }
      }
      for (int place = 0; place < found.length; place++) {
        Ranks ranks = Ranks.of(found[place], right[place]);
        measures.put("heldOutPart" + (place + 1) + "At1", ranks.recallAt(1));
        measures.put("heldOutPart" + (place + 1) + "At5", ranks.recallAt(5));
      }
    }
    return new TrainingLoop.Evaluation(measures, Double.NaN);
  }
}
