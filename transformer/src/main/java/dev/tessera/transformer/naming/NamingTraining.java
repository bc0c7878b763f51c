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
 * holds depends on the seed, the place and what codes make of pictures alone.
 */
public final class NamingTraining implements TrainingLoop.Task {
  /** The name of this stage in reports, logs and checkpoints. */
  public static final String STAGE = "namer";

  private static final int BATCH = 256;

  /** Passes over the pictures: held-out ones are named no better after more. */
  private static final int PASSES = 40;

  /** Of a small set, which is over before anything is learned otherwise. */
  private static final int LEAST_STEPS = 200;

  /** Of a large one: some ten minutes at 64 × 64 pixels. */
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
   * Pictures of a batch that are shown as the model's codes express them, at most: captions are
   * wanted of real pictures, but samples, which consist of codes, are to be chosen, too.
   */
  private static final int THROUGH_CODES = 64;

  /** Of these the bytes at most, as large pictures take long: 64 pictures of 64 × 64 pixels. */
  private static final int BYTES_THROUGH_CODES = THROUGH_CODES * 64 * 64 * 3;

  private final CaptionForm form;
  private final PreparedPictures pictures;
  private final UnaryOperator<List<Rgb>> throughCodes;
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
   * @param throughCodes gives pictures as the model's codes express them: as many, of the same size
   *     and in their order, whatever else is asked for
   * @param seed decides first weights, order and everything drawn
   * @param execution of the training
   */
  public NamingTraining(
      CaptionForm form,
      PreparedPictures pictures,
      UnaryOperator<List<Rgb>> throughCodes,
      long seed,
      Execution execution) {
    this.form = form;
    this.pictures = pictures;
    this.throughCodes = throughCodes;
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
    float[][] numbers = new float[places][];
    int[][] parts = new int[places][BATCH];
    for (int i = 0; i < BATCH; i++) {
      long at = step * BATCH + i;
      PictureEntry entry = pictures.entry(order.at(at));
      CounterRandom random = new CounterRandom(seed, "naming picture", at);
      Rgb picture = pictures.picture(order.at(at));
      boolean changed = random.nextDouble() >= UNCHANGED;
      shown.add(changed ? entry.allowed(CHANGES).apply(picture, random) : picture);
      int[] right = form.parse(entry.captions().get(0)).orElseThrow();
      for (int place = 0; place < places; place++) {
        parts[place][i] = right[place];
      }
    }
    // Which pictures are first in a batch is another matter in each pass.
    List<Rgb> first = shown.subList(0, codedPictures());
    List<Rgb> lossy = throughCodes.apply(List.copyOf(first));
    for (int i = 0; i < lossy.size(); i++) {
      first.set(i, lossy.get(i));
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

  private int codedPictures() {
    return Math.max(1, Math.min(THROUGH_CODES, BYTES_THROUGH_CODES / pictures.config().bytes()));
  }

  private void standardise(int place, Rgb shown, float[] numbers, int row) {
    double[] standard = standards.get(place).apply(aspect(place), shown);
    for (int i = 0; i < standard.length; i++) {
      numbers[row * standard.length + i] = (float) standard[i];
    }
  }

  /**
   * How often the right part of a held-out picture is the first, or among five, and the same of
   * what codes make of the picture. Training ends with its last weights, whatever this says.
   */
  @Override
  public TrainingLoop.Evaluation evaluate(long step) {
    Map<String, Double> measures = new LinkedHashMap<>();
    if (heldOut.length > 0) {
      Namer namer = new Namer(form, whole(store.toTensors()));
      List<double[][]> real = new ArrayList<>();
      List<double[][]> coded = new ArrayList<>();
      for (int start = 0; start < heldOut.length; start += codedPictures()) {
        int end = Math.min(heldOut.length, start + codedPictures());
        List<Rgb> some = Arrays.stream(heldOut, start, end).mapToObj(pictures::picture).toList();
        some.forEach(picture -> real.add(namer.logProbabilities(picture)));
        throughCodes.apply(some).forEach(picture -> coded.add(namer.logProbabilities(picture)));
      }
      measure("heldOutPart", real, measures);
      measure("heldOutCodedPart", coded, measures);
    }
    return new TrainingLoop.Evaluation(measures, Double.NaN);
  }

  /**
   * @param found what the namer says of each held-out picture
   */
  private void measure(String prefix, List<double[][]> found, Map<String, Double> measures) {
    for (int place = 0; place < form.places().size(); place++) {
      double[][] scores = new double[heldOut.length][];
      int[] right = new int[heldOut.length];
      for (int i = 0; i < heldOut.length; i++) {
        scores[i] = found.get(i)[place];
        right[i] = form.parse(pictures.entry(heldOut[i]).captions().get(0)).orElseThrow()[place];
      }
      Ranks ranks = Ranks.of(scores, right);
      measures.put(prefix + (place + 1) + "At1", ranks.recallAt(1));
      measures.put(prefix + (place + 1) + "At5", ranks.recallAt(5));
    }
  }
}
